package inbox

import (
	"errors"

	"usher/intent"
)

// ErrNoAnswer means that a model which was asked to write gave nothing that can be used.
var ErrNoAnswer = errors.New("no answer from a model")

// Summary is a conversation in three to five lines, written by Model from what was there at LastSeq.
type Summary struct {
	Lines   []intent.SummaryLine
	LastSeq int64
	Model   string
}
