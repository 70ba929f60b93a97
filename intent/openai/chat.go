package openai

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/sashabaranov/go-openai"
	"github.com/sony/gobreaker/v2"
)

// ChatConfig says which chat model is asked and how long it may take. BaseURL or Key, and Model must be given.
type ChatConfig struct {
	BaseURL string // with the version; OpenAI's own unless given
	Key     string // sent as bearer token
	Model   string // a chat model that writes JSON by a schema

	Deadline time.Duration // of one answer, tries and waits included; 3 s of a Judge, 12 s of a Writer
	Timeout  time.Duration // of one try; 2 s of a Judge, 12 s of a Writer
	Tries    int           // at most; 2
	Backoff  time.Duration // before the second try, jittered; 100 ms
	InFlight int           // requests at once at most; 8
	OpenFor  time.Duration // how long the server is left alone after it failed 5 times in a row; 10 s
	Spent    func(Spend)   // told of every request, maybe by several goroutines at once; nil for nobody
}

// withDefaults fills in what is not given; deadline and timeout depend on what is asked for.
func (c ChatConfig) withDefaults(deadline, timeout time.Duration) ChatConfig {
	c.Deadline = cmp.Or(c.Deadline, deadline)
	c.Timeout = cmp.Or(c.Timeout, timeout)
	c.Tries = cmp.Or(c.Tries, 2)
	c.Backoff = cmp.Or(c.Backoff, 100*time.Millisecond)
	c.InFlight = cmp.Or(c.InFlight, 8)
	c.OpenFor = cmp.Or(c.OpenFor, 10*time.Second)
	if c.Spent == nil {
		c.Spent = func(Spend) {}
	}
	return c
}

func (c ChatConfig) validate() error {
	if err := validateServer(c.BaseURL, c.Key); err != nil {
		return err
	}
	switch {
	case c.Model == "":
		return errors.New("give the chat model")
	case c.Tries < 1 || c.InFlight < 1 || c.Timeout < 0 || c.Deadline < 0:
		return errors.New("tries, requests in flight and times must be positive")
	}
	return nil
}

// chat is a chat model that answers in JSON. Safe for concurrent use.
type chat struct {
	ChatConfig
	line line
}

// connect prepares a chat of a configuration that is whole.
func (c *chat) connect(config ChatConfig) {
	c.ChatConfig = config
	c.line = line{
		kind: KindChat, model: c.Model, timeout: c.Timeout, tries: c.Tries, backoff: c.Backoff, maxWait: c.Deadline, openFor: c.OpenFor,
	}
	c.line.connect(c.BaseURL, c.Key, c.InFlight)
}

// Close drops the connections.
func (c *chat) Close() { c.line.http.CloseIdleConnections() }

// question is what a chat model is asked. Task is ours; data may be a stranger's, goes alone into the user message as JSON, and
// holds nothing that is not redacted.
type question struct {
	name   string // of the schema
	task   string
	data   any
	schema json.RawMessage
	write  int   // tokens that may be written, those that a model thinks with included
	most   int64 // bytes of an answer
}

// ask puts the answer into what into points at, strictly, and then has check look at it. It takes no longer than the deadline.
func (c *chat) ask(ctx context.Context, q question, into any, check func() error) (Spend, error) {
	ctx, cancel := context.WithTimeout(ctx, c.Deadline)
	defer cancel()
	var sum Spend
	err := c.line.ask(ctx, func(ctx context.Context) error {
		content, spend, err := c.try(ctx, q)
		if err == nil {
			err = readJSON(content, into)
		}
		if err == nil {
			err = check()
		}
		spend.Failed = err != nil
		c.Spent(spend)
		sum.In += spend.In
		sum.Out += spend.Out
		return err
	})
	return sum, err
}

// try is one request.
func (c *chat) try(ctx context.Context, q question) (content string, spend Spend, err error) {
	data, err := json.Marshal(q.data)
	if err != nil {
		return "", Spend{}, fmt.Errorf("write the question: %w", err)
	}
	seen := reply{most: q.most}
	response, err := c.line.client.CreateChatCompletion(context.WithValue(ctx, replyKey{}, &seen), openai.ChatCompletionRequest{
		Model: c.Model, MaxCompletionTokens: q.write,
		Messages: []openai.ChatCompletionMessage{
			{Role: openai.ChatMessageRoleSystem, Content: q.task},
			{Role: openai.ChatMessageRoleUser, Content: string(data)},
		},
		ResponseFormat: &openai.ChatCompletionResponseFormat{
			Type:       openai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: q.name, Schema: q.schema, Strict: true},
		},
	})
	spend = Spend{Kind: KindChat, Model: c.Model, In: max(response.Usage.PromptTokens, 0), Out: max(response.Usage.CompletionTokens, 0)}
	if err != nil {
		return "", spend, c.line.told(ctx, seen, err)
	}
	content, err = contentOf(response)
	return content, spend, err
}

// schemaOf is the JSON schema of an object that has all of these fields and no others.
func schemaOf(properties map[string]any) json.RawMessage {
	schema, err := json.Marshal(map[string]any{
		"type": "object", "additionalProperties": false, "required": slices.Sorted(maps.Keys(properties)), "properties": properties,
	})
	if err != nil {
		panic(fmt.Sprintf("a schema of texts and lists does not encode: %v", err)) // cannot happen
	}
	return schema
}

// unusable is an answer that does not count. Asking again would not mend it.
type unusable string

func (u unusable) Error() string { return string(u) }

const errNotAsAsked unusable = "the answer is not JSON of the form asked for"

// contentOf is what a model that answered well wrote.
func contentOf(response openai.ChatCompletionResponse) (string, error) {
	if len(response.Choices) != 1 {
		return "", unusable("the model did not give one answer")
	}
	choice := response.Choices[0]
	switch {
	case choice.Message.Refusal != "" || choice.FinishReason == openai.FinishReasonContentFilter:
		return "", unusable("the model refused")
	case choice.FinishReason == openai.FinishReasonLength:
		return "", unusable("the answer was cut off")
	}
	return choice.Message.Content, nil
}

func readJSON(content string, into any) error {
	dec := json.NewDecoder(bytes.NewReader([]byte(content)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return errNotAsAsked
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errNotAsAsked
	}
	return nil
}

// why is what people are told of a model that gave no answer. It quotes neither customers nor keys.
func why(err error) string {
	var u unusable
	var s *statusError
	switch {
	case errors.As(err, &u):
		return string(u)
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.As(err, &s):
		return fmt.Sprintf("the server answered %d", s.status)
	case errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests):
		return "the server failed repeatedly and is left alone for a moment"
	}
	return "the server did not answer"
}
