package main

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"usher/intent"
	"usher/intent/builtin"
)

// readLanguages are the languages that a new classifier reads, with how many of its texts are in each: English, those asked for,
// and those of the live one, as long as there are texts. That one is asked for without a text is an error: it would be guessed at.
func readLanguages(asked []string, live *builtin.Model, texts []intent.Utterance) (map[string]int, error) {
	count := map[string]int{}
	for _, u := range texts {
		count[intent.Language(u.Text)]++
	}
	read := map[string]int{"en": count["en"]}
	for _, l := range asked {
		if l == intent.Undetermined || count[l] == 0 {
			return nil, fmt.Errorf("--language %s: none of the labelled texts is in it; correct or confirm some in the inbox first", l)
		}
		read[l] = count[l]
	}
	if live != nil {
		for _, l := range live.Languages() {
			if count[l] > 0 {
				read[l] = count[l]
			}
		}
	}
	return read, nil
}

func tellLanguages(w io.Writer, read map[string]int) {
	for _, l := range slices.Sorted(maps.Keys(read)) {
		if l != "en" {
			fmt.Fprintf(w, "texts in %s: %d\n", l, read[l])
		}
	}
}
