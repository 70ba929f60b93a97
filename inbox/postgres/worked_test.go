package postgres_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"usher/inbox"
	"usher/intent"
)

func TestWhatWorkedIsTheFullestAnswerOfResolvedConversations(t *testing.T) {
	f := newFloor(t)
	ada := f.person("ada", inbox.RoleAgent, "care")
	answered := f.queued("cy")
	f.must(f.store.Take(t.Context(), answered, ada))
	for i, text := range []string{"We send you a new one tomorrow.", "Bye."} {
		_, err := f.store.Reply(t.Context(), answered, ada, inbox.Draft{Text: text, ClientID: string(rune('a' + i))})
		f.must(err)
	}
	_, err := f.store.Note(t.Context(), answered, ada, inbox.Draft{Text: "a note, which is longer than any answer to the contact", ClientID: "n"})
	f.must(err)
	f.must(f.store.Resolve(t.Context(), answered, ada))
	silent := f.queued("dee")
	f.must(f.store.Resolve(t.Context(), silent, ada))
	open := f.queued("eve")
	f.must(f.store.Take(t.Context(), open, ada))
	_, err = f.store.Reply(t.Context(), open, ada, inbox.Draft{Text: "We look into it.", ClientID: "o"})
	f.must(err)

	got, err := f.store.WorkedAnswers(t.Context(), []uuid.UUID{open, silent, answered, uuid.New()})
	f.must(err)
	if len(got) != 1 || got[0].Asked != "refund_request please" || got[0].Answered != "We send you a new one tomorrow." || !slices.Contains(got[0].Names, "ada") {
		t.Errorf("got %+v", got)
	}
	if none, err := f.store.WorkedAnswers(t.Context(), nil); err != nil || none != nil {
		t.Errorf("of none: %+v, %v", none, err)
	}
}

func TestAnAutomaticAnswerThatWasCalledWrongHelpedNobody(t *testing.T) {
	f := newFloor(t)
	ada := f.person("ada", inbox.RoleAgent, "care")
	id := f.answered("bo")
	f.must(f.store.Take(t.Context(), id, ada))
	f.must(f.store.Resolve(t.Context(), id, ada))
	worked := func() []intent.Worked {
		got, err := f.store.WorkedAnswers(t.Context(), []uuid.UUID{id})
		f.must(err)
		return got
	}
	if got := worked(); len(got) != 1 || got[0].Answered == "" {
		t.Fatalf("before: %+v", got)
	}
	f.must(f.store.Correct(t.Context(), id, ada, inbox.Correction{DecisionID: f.decision(id), WrongAnswer: true}, ""))
	if got := worked(); len(got) != 0 {
		t.Errorf("after: %+v", got)
	}
}
