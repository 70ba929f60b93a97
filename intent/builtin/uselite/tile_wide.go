//go:build goexperiment.simd && amd64

package uselite

import "simd/archsimd"

// tile4x32 multiplies 4 rows of in by one panel. Sums of more rows would not fit the registers that the compiler uses.
func tile4x32(out, in []float32, rows, cols int, panel []int8, scale, bias []float32) {
	a0 := in[:rows]
	a1 := in[rows:][:len(a0)]
	a2 := in[2*rows:][:len(a0)]
	a3 := in[3*rows:][:len(a0)]
	var s00, s01, s10, s11, s20, s21, s30, s31 archsimd.Float32x16
	for k, x := range a0 {
		b := (*[across]int8)(panel)
		b0 := archsimd.LoadInt8x16((*[16]int8)(b[:16])).ExtendToInt32().ConvertToFloat32()
		b1 := archsimd.LoadInt8x16((*[16]int8)(b[16:])).ExtendToInt32().ConvertToFloat32()
		panel = panel[across:]
		v := archsimd.BroadcastFloat32x16(x)
		s00, s01 = v.MulAdd(b0, s00), v.MulAdd(b1, s01)
		v = archsimd.BroadcastFloat32x16(a1[k])
		s10, s11 = v.MulAdd(b0, s10), v.MulAdd(b1, s11)
		v = archsimd.BroadcastFloat32x16(a2[k])
		s20, s21 = v.MulAdd(b0, s20), v.MulAdd(b1, s21)
		v = archsimd.BroadcastFloat32x16(a3[k])
		s30, s31 = v.MulAdd(b0, s30), v.MulAdd(b1, s31)
	}
	by0, by1 := archsimd.LoadFloat32x16Slice(scale), archsimd.LoadFloat32x16Slice(scale[16:])
	plus0, plus1 := archsimd.LoadFloat32x16Slice(bias), archsimd.LoadFloat32x16Slice(bias[16:])
	s00.MulAdd(by0, plus0).StoreSlice(out)
	s01.MulAdd(by1, plus1).StoreSlice(out[16:])
	s10.MulAdd(by0, plus0).StoreSlice(out[cols:])
	s11.MulAdd(by1, plus1).StoreSlice(out[cols+16:])
	s20.MulAdd(by0, plus0).StoreSlice(out[2*cols:])
	s21.MulAdd(by1, plus1).StoreSlice(out[2*cols+16:])
	s30.MulAdd(by0, plus0).StoreSlice(out[3*cols:])
	s31.MulAdd(by1, plus1).StoreSlice(out[3*cols+16:])
}
