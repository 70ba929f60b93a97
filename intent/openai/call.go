package openai

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/sashabaranov/go-openai"
)

// call has texts embedded by one request, tried again where that may help.
func (e *Embedder) call(ctx context.Context, texts []string) (vectors [][]float32, err error) {
	err = e.line.ask(ctx, func(ctx context.Context) error {
		vectors, err = e.try(ctx, texts)
		return err
	})
	return vectors, err
}

func (e *Embedder) try(ctx context.Context, texts []string) ([][]float32, error) {
	request := openai.EmbeddingRequestStrings{Input: texts, Model: openai.EmbeddingModel(e.Config.Model), EncodingFormat: openai.EmbeddingEncodingFormatFloat}
	if e.SendDims {
		request.Dimensions = e.Dims
	}
	seen := reply{most: replyRest + int64(len(texts))*int64(e.Dims)*replyNumber}
	response, err := e.line.client.CreateEmbeddings(context.WithValue(ctx, replyKey{}, &seen), request)
	var vectors [][]float32
	if err != nil {
		err = e.line.told(ctx, seen, err)
	} else {
		vectors, err = e.vectors(response, len(texts))
	}
	spend := Spend{Kind: e.line.kind, Model: e.Config.Model, Failed: err != nil, In: response.Usage.PromptTokens}
	if err == nil && spend.In <= 0 {
		for _, text := range texts {
			spend.In += estimateTokens(text)
		}
	}
	e.Spent(spend)
	return vectors, err
}

// vectors puts the answer in order and scales each vector to length 1.
func (e *Embedder) vectors(response openai.EmbeddingResponse, n int) ([][]float32, error) {
	if len(response.Data) != n {
		return nil, fmt.Errorf("the server gave %d vectors for %d texts", len(response.Data), n)
	}
	vectors := make([][]float32, n)
	for _, d := range response.Data {
		if d.Index < 0 || d.Index >= n || vectors[d.Index] != nil {
			return nil, fmt.Errorf("the server gave a vector for text %d, out of order", d.Index)
		}
		if len(d.Embedding) != e.Dims {
			return nil, fmt.Errorf("the server's vectors have %d numbers, and %d are configured; set the dimensions to what the model gives", len(d.Embedding), e.Dims)
		}
		v, err := unit(d.Embedding)
		if err != nil {
			return nil, err
		}
		vectors[d.Index] = v
	}
	return vectors, nil
}

func unit(v []float32) ([]float32, error) {
	var square float64
	for _, x := range v {
		square += float64(x) * float64(x)
	}
	if !(square > 0) || math.IsInf(square, 0) {
		return nil, errors.New("the server gave a vector without direction")
	}
	scale := 1 / math.Sqrt(square)
	for i, x := range v {
		v[i] = float32(float64(x) * scale)
	}
	return v, nil
}
