//go:build goexperiment.simd && amd64

package uselite

import (
	"os"
	"os/exec"
	"reflect"
	"simd/archsimd"
	"testing"
)

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

// TestOlderProcessorsTakeAWayThatTheyHave runs this program again as on a processor that lacks what is switched off.
func TestOlderProcessorsTakeAWayThatTheyHave(t *testing.T) {
	const told = "USHER_TEST_WAY"
	if want := os.Getenv(told); want != "" {
		took := "portable"
		if m, ok := fastest(quantised{}).(panels); ok {
			took = "AVX2"
			if reflect.ValueOf(m.tile).Pointer() == reflect.ValueOf(tile4x32).Pointer() {
				took = "AVX-512"
			}
		}
		if took != want {
			t.Errorf("took the way of %s", took)
		}
		refs := references(t)[:40] // every way gives the same for all, see TestVectorsAreNearThePublishedOnes
		for i, v := range embedAll(t, embedder(t, fastest), refs) {
			if c := cosine(v, refs[i].vector); c < 0.999 {
				t.Errorf("cosine %.5f for %.60q", c, refs[i].text)
			}
		}
		return
	}
	if !archsimd.X86.AVX2() || !archsimd.X86.FMA() {
		t.Skip("NOT PROVED: this processor has neither AVX2 nor FMA, and took the portable way in the other tests")
	}
	for off, want := range map[string]string{"cpu.avx512f=off": "AVX2", "cpu.avx512f=off,cpu.fma=off": "portable", "cpu.avx512f=off,cpu.avx2=off": "portable"} {
		again := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+t.Name()+"$")
		again.Env = append(os.Environ(), "GODEBUG="+off, told+"="+want)
		if out, err := again.CombinedOutput(); err != nil {
			t.Errorf("%s, want the way of %s: %v\n%s", off, want, err, out)
		}
	}
}
