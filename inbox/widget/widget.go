// Package widget holds the customer's chat: a script for the company's pages, built from TypeScript by npm and
// embedded here. It imports nothing of ours; the other end of its connection is channels/webchat.
package widget

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// ErrNotBuilt means that this binary was compiled before the script was built.
var ErrNotBuilt = errors.New("the widget is not built: run `npm ci && npm run build` in inbox/widget and compile again")

// Script is the widget as one classic script.
func Script() ([]byte, error) {
	b, err := dist.ReadFile("dist/widget.js")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	if err != nil {
		return nil, fmt.Errorf("read the embedded widget: %w", err)
	}
	return b, nil
}
