package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"usher/inbox"
	"usher/routing"
)

// Policies reads and publishes policies. Publish validates; what is wrong comes back as *routing.ProblemsError.
type Policies interface {
	LivePolicy(ctx context.Context) (*routing.Policy, error)
	PolicyVersions(ctx context.Context) ([]routing.PolicyVersion, error)
	CheckPolicy(ctx context.Context, yaml []byte) error
	PublishPolicy(ctx context.Context, yaml []byte, note, author string) (version int, hash string, err error)
}

// Thresholds counts how intents fared since a moment.
type Thresholds interface {
	Thresholds(ctx context.Context, since time.Time) ([]inbox.ThresholdRow, error)
}

// Vectors tells how far the vectors of each embedder are.
type Vectors interface {
	VectorSpaces(ctx context.Context) ([]routing.VectorSpace, error)
}

// thresholdDays is how far back the thresholds page looks.
const thresholdDays = 30

type (
	yamlInput struct {
		Body struct {
			YAML string `json:"yaml" maxLength:"262144"`
			Note string `json:"note,omitempty" maxLength:"500"`
		}
	}
	policyChecked struct {
		OK       bool              `json:"ok"`
		Problems []routing.Problem `json:"problems" nullable:"false"`
	}
	policyPublished struct {
		Version int    `json:"version"`
		Hash    string `json:"hash"`
	}
	thresholdsInput struct {
		Body struct {
			Note       string             `json:"note,omitempty" maxLength:"500"`
			Thresholds map[string]float64 `json:"thresholds" doc:"0 to 1 by intent" minProperties:"1"`
		}
	}
	thresholdsBody struct {
		Days    int            `json:"days"`
		Version int            `json:"version"`
		Hash    string         `json:"hash"`
		Items   []ThresholdRow `json:"items" nullable:"false"`
	}
)

// ThresholdRow is an intent with its live setting and how it fared.
type ThresholdRow struct {
	Intent    string  `json:"intent"`
	Name      string  `json:"name"`
	Route     string  `json:"route"`
	Template  string  `json:"template"`
	Team      string  `json:"team"`
	Threshold float64 `json:"threshold"`
	Volume    int     `json:"volume"`
	Automatic int     `json:"automatic"`
	Wrong     int     `json:"wrong" doc:"automatic answers that did not help or that an agent called wrong"`
	Known     int     `json:"wrong_known" doc:"automatic answers that anybody said something about"`
}

const tagOps = "Policy and templates"

func (a *API) registerOps(h huma.API) {
	get, post, put := http.MethodGet, http.MethodPost, http.MethodPut
	huma.Register(h, operation(agents, get, "/api/v1/intents", "list-intents", "The catalogue", 200, tagOps),
		func(context.Context, *struct{}) (*body[list[Intent]], error) {
			return reply(list[Intent]{orEmpty(a.o.Catalogue)}, nil)
		})
	huma.Register(h, operation(agents, get, "/api/v1/policy", "get-policy", "The live policy", 200, tagOps), a.livePolicy)
	huma.Register(h, operation(agents, get, "/api/v1/policy/versions", "list-policies", "All versions, newest first", 200, tagOps),
		func(ctx context.Context, _ *struct{}) (*body[list[routing.PolicyVersion]], error) {
			vs, err := a.o.Policies.PolicyVersions(ctx)
			return reply(list[routing.PolicyVersion]{orEmpty(vs)}, err)
		})
	huma.Register(h, operation(agents, post, "/api/v1/policy/check", "check-policy", "What is wrong with a policy", 200, tagOps), a.checkPolicy)
	huma.Register(h, operation(opsOnly, post, "/api/v1/policy", "publish-policy", "Make a policy the live one", 200, tagOps),
		func(ctx context.Context, in *yamlInput) (*body[policyPublished], error) {
			return a.publish(ctx, []byte(in.Body.YAML), in.Body.Note)
		})
	huma.Register(h, operation(agents, get, "/api/v1/thresholds", "get-thresholds", "How each intent fared, with its threshold", 200, tagOps), a.thresholds)
	huma.Register(h, operation(opsOnly, put, "/api/v1/thresholds", "set-thresholds", "Publish the live policy with other thresholds", 200, tagOps), a.setThresholds)
	huma.Register(h, operation(agents, get, "/api/v1/vectors", "list-vectors", "How far the vectors of each embedding model are, the one that serves first", 200, tagOps),
		func(ctx context.Context, _ *struct{}) (*body[list[routing.VectorSpace]], error) {
			all, err := a.o.Vectors.VectorSpaces(ctx)
			return reply(list[routing.VectorSpace]{orEmpty(all)}, err)
		})
	a.registerTemplates(h)
}

func (a *API) livePolicy(ctx context.Context, _ *struct{}) (*body[routing.PolicyVersion], error) {
	vs, err := a.o.Policies.PolicyVersions(ctx)
	if err != nil {
		return nil, problem(err)
	}
	for _, v := range vs {
		if v.State == "live" {
			return reply(v, nil)
		}
	}
	return nil, problem(inbox.ErrNotFound)
}

func (a *API) checkPolicy(ctx context.Context, in *yamlInput) (*body[policyChecked], error) {
	err := a.o.Policies.CheckPolicy(ctx, []byte(in.Body.YAML))
	if wrong, ok := asProblems(err); ok {
		return reply(policyChecked{false, wrong}, nil)
	}
	return reply(policyChecked{true, []routing.Problem{}}, repeatable(err))
}

func (a *API) publish(ctx context.Context, yaml []byte, note string) (*body[policyPublished], error) {
	version, hash, err := a.o.Policies.PublishPolicy(ctx, yaml, note, agentFrom(ctx).Email)
	return reply(policyPublished{version, hash}, err)
}

func (a *API) thresholds(ctx context.Context, _ *struct{}) (*body[thresholdsBody], error) {
	p, err := a.o.Policies.LivePolicy(ctx)
	if err != nil {
		return nil, problem(err)
	}
	rows, err := a.o.Thresholds.Thresholds(ctx, time.Now().AddDate(0, 0, -thresholdDays))
	if err != nil {
		return nil, problem(err)
	}
	fared := map[string]inbox.ThresholdRow{}
	for _, r := range rows {
		fared[r.Intent] = r
	}
	out := thresholdsBody{Days: thresholdDays, Version: p.Version, Hash: p.Hash(), Items: []ThresholdRow{}}
	for _, i := range a.o.Catalogue {
		route, f := p.RouteOf(i.ID), fared[i.ID]
		out.Items = append(out.Items, ThresholdRow{
			Intent: i.ID, Name: i.Name, Route: route.Route, Template: route.Template, Team: route.Team, Threshold: route.Threshold,
			Volume: f.Volume, Automatic: f.Automatic, Wrong: f.Wrong, Known: f.Known,
		})
	}
	return reply(out, nil)
}

func (a *API) setThresholds(ctx context.Context, in *thresholdsInput) (*body[policyPublished], error) {
	live, err := a.livePolicy(ctx, nil)
	if err != nil {
		return nil, err
	}
	yaml, err := routing.SetThresholds([]byte(live.Body.YAML), in.Body.Thresholds)
	if err != nil {
		return nil, problem(err)
	}
	return a.publish(ctx, yaml, in.Body.Note)
}
