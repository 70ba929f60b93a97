package bus

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"usher/routing"
)

// stream is a place where work waits until it is done.
type stream struct {
	name     string
	subjects []string
}

// consumer hands out the work of one topic; its name is the topic.
type consumer struct {
	topic   string
	stream  string
	subject string // of all its work
}

// The streams, and who takes from them. Each is a work queue: a message is gone once it is acknowledged.
//
//	inbound.<conversation>             a message waits for a decision
//	route.reply.<template>             a decision waits for its automatic answer
//	route.agent.<team>                 a decision waits for people
//	route.workflow.<run>               a run waits for its next step
//	outbound.<channel>.<conversation>  a message waits to be handed over
var (
	streams = []stream{
		{"INBOUND", []string{"inbound.*"}},
		{"ROUTE", []string{"route.reply.*", "route.agent.*", "route.workflow.*"}},
		{"OUTBOUND", []string{"outbound.*.*"}},
	}
	consumers = []consumer{
		{routing.TopicInbound, "INBOUND", "inbound.*"},
		{routing.TopicReply, "ROUTE", "route.reply.*"},
		{routing.TopicAgent, "ROUTE", "route.agent.*"},
		{routing.TopicOutbound, "OUTBOUND", "outbound.*.*"},
	}
)

const (
	// repeatWindow is how long a repeat is told by its id. It covers a relay that died between the bus's
	// acknowledgement and its own commit; a repeat after that is a no-op all the same. Each id in it costs memory.
	repeatWindow = 30 * time.Second
	// maxAge ends work that nothing could finish; the sweeper brings it back.
	maxAge = 6 * time.Hour
	// maxBytes bounds each stream. More is refused, and waits in the outbox.
	maxBytes = 256 << 20
	// maxAway is how much of a topic may be away at a time, over all nodes.
	maxAway = 4096
)

func (b *Bus) declareStream(ctx context.Context, s stream) error {
	_, err := b.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: s.name, Subjects: s.subjects, Retention: jetstream.WorkQueuePolicy, Storage: jetstream.FileStorage,
		Replicas: b.replicas, Duplicates: repeatWindow, MaxAge: maxAge, MaxBytes: maxBytes, Discard: jetstream.DiscardNew,
	})
	if err != nil {
		return fmt.Errorf("declare stream %q: %w", s.name, err)
	}
	return nil
}

func (b *Bus) declareConsumer(ctx context.Context, c consumer) (jetstream.Consumer, error) {
	made, err := b.js.CreateOrUpdateConsumer(ctx, c.stream, jetstream.ConsumerConfig{
		Durable: c.topic, FilterSubject: c.subject, AckPolicy: jetstream.AckExplicitPolicy, AckWait: b.ackWait,
		MaxAckPending: maxAway, MaxDeliver: -1,
	})
	if err != nil {
		return nil, fmt.Errorf("declare consumer %q: %w", c.topic, err)
	}
	return made, nil
}

// redeclare puts the stream and consumer of a topic back in place, whatever happened to them.
func (b *Bus) redeclare(ctx context.Context, c consumer) (jetstream.Consumer, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, s := range streams {
		if s.name == c.stream {
			if err := b.declareStream(ctx, s); err != nil {
				return nil, err
			}
		}
	}
	return b.declareConsumer(ctx, c)
}

func consumerOf(topic string) (consumer, error) {
	for _, c := range consumers {
		if c.topic == topic {
			return c, nil
		}
	}
	return consumer{}, fmt.Errorf("there is no topic %q", topic)
}

// subjectOf is where work travels. A token that a subject cannot hold travels as "_": it is there for people who
// watch the bus, and must not keep work back.
func subjectOf(w routing.Work) (string, error) {
	switch w.Topic {
	case routing.TopicInbound:
		return "inbound." + w.ConversationID.String(), nil
	case routing.TopicReply, routing.TopicAgent:
		return "route." + w.Topic + "." + token(w.Token), nil
	case routing.TopicOutbound:
		return "outbound." + token(w.Token) + "." + w.ConversationID.String(), nil
	}
	return "", fmt.Errorf("work %q: there is no topic %q", w.ID, w.Topic)
}

func token(s string) string {
	if s == "" {
		return "_"
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-':
		default:
			return "_"
		}
	}
	return s
}
