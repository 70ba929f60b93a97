package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"usher/inbox"
	"usher/intent"
)

// Assistant writes for agents with a chat model. Nothing that it writes is sent or stored.
type Assistant interface {
	// ChatModel is empty when none is configured; then the others refuse.
	ChatModel() string
	DraftReply(ctx context.Context, conversation uuid.UUID) (intent.Drafted, error)
	Summary(ctx context.Context, conversation uuid.UUID) (inbox.Summary, error)
}

// ChatModel says whether a model can write for agents.
type ChatModel struct {
	Name string `json:"name" doc:"empty when none is configured: then nothing is drafted or summed up"`
}

// DraftedReply is a reply that a model drafted, for an agent to read, change and send.
type DraftedReply struct {
	Text  string   `json:"text"`
	Gaps  []string `json:"gaps" nullable:"false" doc:"what stands in brackets in the text and has to be filled in by a person"`
	Model string   `json:"model"`
}

// Summary is a conversation in three to five lines, written by a model.
type Summary struct {
	Lines   []SummaryLine `json:"lines" nullable:"false"`
	LastSeq int64         `json:"last_seq" doc:"where the conversation stood"`
	Model   string        `json:"model"`
}

// SummaryLine is one line of it.
type SummaryLine struct {
	About string `json:"about" enum:"wants,tried,open" doc:"what the customer wants, what was tried, what is open"`
	Text  string `json:"text"`
}

func summaryFrom(s inbox.Summary) Summary {
	return Summary{listOf(s.Lines, func(l intent.SummaryLine) SummaryLine { return SummaryLine(l) }).Items, s.LastSeq, s.Model}
}

func (a *API) registerAssist(h huma.API) {
	get, post := http.MethodGet, http.MethodPost
	huma.Register(h, operation(agents, get, "/api/v1/chat-model", "get-chat-model", "Whether a model can write drafts and summaries", 200, tagConversations),
		func(context.Context, *struct{}) (*body[ChatModel], error) {
			return reply(ChatModel{a.o.Assistant.ChatModel()}, nil)
		})
	huma.Register(h, operation(agents, post, "/api/v1/conversations/{id}/drafts", "draft-reply", "Have a model draft a reply; nothing is sent or stored", 200, tagConversations),
		func(ctx context.Context, in *idInput) (*body[DraftedReply], error) {
			d, err := a.o.Assistant.DraftReply(ctx, in.ID)
			return reply(DraftedReply{d.Text, orEmpty(d.Gaps), d.Model}, repeatable(err))
		})
	huma.Register(h, operation(agents, post, "/api/v1/conversations/{id}/summary", "summarise", "Have a model sum it up in three to five lines; asked again without new entries, it is the same", 200, tagConversations),
		func(ctx context.Context, in *idInput) (*body[Summary], error) {
			s, err := a.o.Assistant.Summary(ctx, in.ID)
			return reply(summaryFrom(s), repeatable(err))
		})
}
