package learn

import "usher/intent"

// Spread marks up to so many utterances of each label, evenly over their order, in which like ones stand together. Beside them it
// marks all from the place taught on, and all that are out of scope: what fits no intent has no typical examples.
func Spread(us []intent.Utterance, perLabel, taught int) []bool {
	size, seen, marked := map[string]int{}, map[string]int{}, make([]bool, len(us))
	for _, u := range us[:taught] {
		size[u.Intent]++
	}
	for i, u := range us {
		if i >= taught || u.Intent == intent.OutOfScope {
			marked[i] = true
			continue
		}
		n, k := size[u.Intent], seen[u.Intent]
		marked[i] = n <= perLabel || k*perLabel/n != (k+1)*perLabel/n
		seen[u.Intent]++
	}
	return marked
}
