//go:build !goexperiment.simd || !amd64

package uselite

// fastest is the fastest way to multiply that this build and this processor have.
func fastest(q quantised) linear { return portable(q) }
