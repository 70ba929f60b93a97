//go:build goexperiment.simd && amd64

package uselite

import "simd/archsimd"

// everyWay are the ways to multiply beside the portable one.
func everyWay() map[string]func(quantised) linear {
	ways := map[string]func(quantised) linear{}
	if archsimd.X86.AVX512() {
		ways["AVX-512"] = wide
	}
	if archsimd.X86.AVX2() && archsimd.X86.FMA() {
		ways["AVX2"] = halfWide
	}
	return ways
}
