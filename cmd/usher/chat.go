package main

import (
	"cmp"
	"fmt"

	"usher/inbox/assist"
	"usher/intent/builtin"
	"usher/intent/openai"
	"usher/intent/starter"
	"usher/routing"
)

// chat is how the chat model is reached.
func (c Config) chat() openai.ChatConfig {
	return openai.ChatConfig{BaseURL: c.OpenAIBaseURL, Key: c.OpenAIKey, Model: c.ChatModel, Spent: c.Prices.count}
}

// judge is who is asked for second opinions, nil when no chat model is configured. Close it.
func (c Config) judge(labels []openai.Label) (*openai.Judge, error) {
	if c.ChatModel == "" {
		return nil, nil
	}
	j, err := openai.NewJudge(c.chat(), labels)
	if err != nil {
		return nil, fmt.Errorf("USHER_CHAT_MODEL: %w", err)
	}
	return j, nil
}

// labelsOf are the intents that a classifier tells apart, each with its description in the catalogue, or with its name where
// that has none. Without a classifier they are those of the catalogue.
func labelsOf(m *builtin.Model, catalogue []starter.Entry) []openai.Label {
	said := map[string]string{}
	ids := make([]string, len(catalogue))
	for i, e := range catalogue {
		said[e.ID], ids[i] = e.Description, e.ID
	}
	if m != nil {
		ids = m.Intents
	}
	var labels []openai.Label
	for _, id := range ids {
		labels = append(labels, openai.Label{ID: id, Description: cmp.Or(said[id], routing.IntentName(id))})
	}
	return labels
}

// openChat connects the chat model, where one is configured: it gives second opinions on what the live classifier tells apart.
func (a *app) openChat(live *builtin.Model) error {
	judge, err := a.config.judge(labelsOf(live, a.catalogue))
	if err != nil || judge == nil {
		return err
	}
	a.judge = judge
	a.pipeline.Second = judge
	a.disconnect = append(a.disconnect, judge.Close)
	return nil
}

// use makes a classifier the one that messages are read by, and its intents those that second opinions choose from.
func (a *app) use(m *builtin.Model) error {
	if a.judge != nil {
		if err := a.judge.Use(labelsOf(m, a.catalogue)); err != nil {
			return err
		}
	}
	a.readBy(m)
	return nil
}

// openAssistant has the chat model write for agents, where one is configured.
func (a *app) openAssistant() (err error) {
	o := assist.Options{Reader: a.store, Templates: a.templates, Policy: a.policies.Live}
	if a.config.ChatModel != "" {
		writer, err := openai.NewWriter(a.config.chat())
		if err != nil {
			return fmt.Errorf("USHER_CHAT_MODEL: %w", err)
		}
		o.Writer, o.Model = writer, a.config.ChatModel
		a.disconnect = append(a.disconnect, writer.Close)
	}
	a.assistant, err = assist.New(o)
	return err
}
