package intent

import "testing"

func BenchmarkEntities(b *testing.B) {
	for name, text := range map[string]string{
		"order":   "Hi, I ordered two weeks ago and it still has not arrived, where is my order #10234?",
		"many":    "Invoice INV-20391 of 12.05.2024 says 1.299,00 €, I paid $49.99 for order 10234 (1Z999AA10123456784), call +49 30 901820",
		"nothing": "Hi, I ordered two weeks ago and it still has not arrived, where is it now?",
	} {
		ts := tokens(text)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				findEntities(text, ts)
			}
		})
	}
}
