//go:build !goexperiment.simd || !amd64

package uselite

// everyWay are the ways to multiply beside the portable one.
func everyWay() map[string]func(quantised) linear { return nil }
