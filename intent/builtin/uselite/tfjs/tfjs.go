// Package tfjs reads Universal Sentence Encoder lite from a TensorFlow.js graph model: a folder with model.json and the
// shards it names. The converter and the tests of fidelity use it; the program itself does not.
package tfjs

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
)

// Matrix holds Rows × Cols weights, row by row, and one bias per column (none for embeddings).
type Matrix struct {
	Rows, Cols   int
	Values, Bias []float32
}

// Layer is one transformer layer. Residual is there only where the layer's input is narrower than its output.
type Layer struct {
	AttentionScale, AttentionShift []float32 // of the layer norm before attention
	Query                          Matrix    // query, key and value beside each other
	Output                         Matrix
	Residual                       *Matrix
	ForwardScale, ForwardShift     []float32 // of the layer norm before the feed-forward part
	Widen, Narrow                  Matrix
}

// Model is the encoder with weights as they were published.
type Model struct {
	Embeddings Matrix
	Layers     [2]Layer
	Final      Matrix
}

const (
	baked  = "module_apply_default/Encoder_en/KonaTransformer/Encode/"
	raw    = "module/Encoder_en/KonaTransformer/Encode/"
	merged = "/ConcatPartitions/concat"
)

// Read reads the model in dir, and fails when a weight is missing or has another shape than the encoder's.
func Read(dir string) (*Model, error) {
	r, err := open(dir)
	if err != nil {
		return nil, err
	}
	m := &Model{
		Embeddings: r.matrix("module/Embeddings_en", "", 8002, 256),
		Final:      r.matrix("module/Encoder_en/hidden_layers/tanh_layer_0/weights", "module/Encoder_en/hidden_layers/tanh_layer_0/bias", 512, 512),
	}
	for i, width := range []int{256, 512} {
		name := fmt.Sprintf("Layer_%d/TransformerLayer/", i)
		attention, forward := name+"MultiheadAttention/", name+"FFN/"
		norm, widths := "layer_prepostprocess/layer_norm/layer_norm_", baked+"TransformerStack/"+forward
		l := Layer{
			AttentionScale: r.vector(baked+name+norm+"scale"+merged, width),
			AttentionShift: r.vector(baked+name+norm+"bias"+merged, width),
			Query: r.matrix(raw+attention+"qkv_transform_single/kernel/part_0",
				baked+attention+"qkv_transform_single/bias"+merged, width, 3*width),
			Output: r.matrix(raw+attention+"output_transform_single/kernel/part_0",
				baked+attention+"output_transform_single/bias"+merged, width, 512),
			ForwardScale: r.vector(baked+forward+norm+"scale"+merged, 512),
			ForwardShift: r.vector(baked+forward+norm+"bias"+merged, 512),
			Widen:        r.matrix(widths+"conv1/Tensordot/Reshape_1", baked+forward+"conv1/bias"+merged, 512, 1536),
			Narrow:       r.matrix(widths+"conv2/Tensordot/Reshape_1", baked+forward+"conv2/bias"+merged, 1536, 512),
		}
		if width != 512 {
			residual := r.matrix(baked+name+"dense/kernel"+merged, baked+name+"dense/bias"+merged, width, 512)
			l.Residual = &residual
		}
		m.Layers[i] = l
	}
	if len(r.faults) > 0 {
		return nil, fmt.Errorf("read %s: %w", dir, errors.Join(r.faults...))
	}
	return m, nil
}

// reader gathers what is wrong, so that one run names every weight that is not as expected.
type reader struct {
	tensors map[string][]float32
	faults  []error
}

func open(dir string) (*reader, error) {
	data, err := os.ReadFile(filepath.Join(dir, "model.json"))
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	var model struct {
		WeightsManifest []struct {
			Paths   []string
			Weights []struct {
				Name, Dtype string
				Shape       []int
			}
		}
	}
	if err := json.Unmarshal(data, &model); err != nil {
		return nil, fmt.Errorf("read %s: %w", filepath.Join(dir, "model.json"), err)
	}
	r := &reader{tensors: map[string][]float32{}}
	for _, group := range model.WeightsManifest {
		var shards []byte
		for _, path := range group.Paths {
			shard, err := os.ReadFile(filepath.Join(dir, filepath.Base(path)))
			if err != nil {
				return nil, fmt.Errorf("read shard: %w", err)
			}
			shards = append(shards, shard...)
		}
		for _, w := range group.Weights {
			count := 1
			for _, n := range w.Shape {
				count *= n
			}
			if w.Dtype != "float32" && w.Dtype != "int32" || count < 0 || len(shards) < 4*count {
				return nil, fmt.Errorf("read %s: weight %q of %d %s does not fit", dir, w.Name, count, w.Dtype)
			}
			if w.Dtype == "float32" {
				r.tensors[w.Name] = floats(shards[:4*count])
			}
			shards = shards[4*count:]
		}
	}
	return r, nil
}

func floats(data []byte) []float32 {
	v := make([]float32, len(data)/4)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return v
}

func (r *reader) vector(name string, n int) []float32 {
	v := r.tensors[name]
	if len(v) != n {
		r.faults = append(r.faults, fmt.Errorf("weight %q has %d numbers, want %d", name, len(v), n))
	}
	return v
}

func (r *reader) matrix(name, bias string, rows, cols int) Matrix {
	m := Matrix{Rows: rows, Cols: cols, Values: r.vector(name, rows*cols)}
	if bias != "" {
		m.Bias = r.vector(bias, cols)
	}
	return m
}
