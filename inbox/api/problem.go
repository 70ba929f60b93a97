package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"usher/channels"
	"usher/inbox"
	"usher/routing"
)

// statuses is the one place where the inbox's errors become HTTP, with what to say when the error does not say it.
var statuses = []struct {
	err    error
	status int
	say    string
}{
	{inbox.ErrAuth, http.StatusUnauthorized, "sign in again"},
	{inbox.ErrForbidden, http.StatusForbidden, "you may not do this; ask somebody with the ops role"},
	{inbox.ErrNotFound, http.StatusNotFound, "there is no such thing (any more); check the id"},
	{routing.ErrNotFound, http.StatusNotFound, "there is no such thing (any more); check the id"},
	{routing.ErrOvertaken, http.StatusPreconditionFailed, "somebody saved another version meanwhile; read that one, and save over it"},
	{inbox.ErrConflict, http.StatusConflict, "somebody was faster; read it again and decide anew"},
	{inbox.ErrNoAnswer, http.StatusServiceUnavailable, "the model gave nothing that can be used; try again in a moment"},
	{inbox.ErrBusy, http.StatusServiceUnavailable, "too much at once; nothing was stored; try again in a second"},
	{context.DeadlineExceeded, http.StatusServiceUnavailable, tookTooLong},
	{context.Canceled, statusClientGone, "the caller went away"},
}

// What is said of a call that did not end in time. It may have been done all the same, its answer only came too late.
const (
	tookTooLong     = "it took too long, and may be done or not; look first, and try again only if it is not"
	tookTooLongSafe = "it took too long; try again, a repeat of the same request is safe"
)

// repeatableError is what went wrong with a call that may be sent again as it is, done or not.
type repeatableError struct{ error }

func (e *repeatableError) Unwrap() error { return e.error }

// repeatable marks what went wrong with a call that may be sent again as it is: it changes nothing, it came with a key that
// tells a repeat, or it never got as far as its operation. Of GET calls this is known without it.
func repeatable(err error) error {
	if err == nil {
		return nil
	}
	return &repeatableError{err}
}

// statusClientGone is what nginx made customary for a caller that did not wait.
const statusClientGone = 499

// problem turns an error into a problem document. What is not an error of ours becomes 500 without its text; explain
// logs the cause.
func problem(err error) error {
	if _, ok := errors.AsType[huma.StatusError](err); ok {
		return err
	}
	if field, remedy, ok := invalid(err); ok {
		return huma.NewError(http.StatusUnprocessableEntity, field+": "+remedy,
			&huma.ErrorDetail{Location: "body." + field, Message: remedy})
	}
	if p, ok := errors.AsType[*routing.ProblemsError](err); ok {
		return policyProblem(p)
	}
	for _, s := range statuses {
		if !errors.Is(err, s.err) {
			continue
		}
		e := errorModel(s.status, s.say)
		if _, ok := errors.AsType[*repeatableError](err); ok && s.say == tookTooLong {
			e.Detail = tookTooLongSafe
		}
		if refusal, ok := errors.AsType[*inbox.Refusal](err); ok {
			e.Detail = refusal.Message
		}
		if s.status == http.StatusServiceUnavailable {
			return huma.ErrorWithHeaders(e, http.Header{"Retry-After": {"1"}})
		}
		return e
	}
	return &internalError{errorModel(http.StatusInternalServerError, "something went wrong here; nothing of your request was stored; try again"), err}
}

func errorModel(status int, detail string) *huma.ErrorModel {
	return &huma.ErrorModel{Title: http.StatusText(status), Status: status, Detail: detail}
}

// internalError keeps the cause for the log and shows only the general text.
type internalError struct {
	*huma.ErrorModel
	cause error
}

func (e *internalError) Unwrap() error { return e.cause }

// explain goes over every response: it logs the cause of an internal error, makes the library's report on an invalid
// request say field and remedy in its first sentence, and tells who only reads to try again.
func (a *API) explain(c huma.Context, _ string, v any) (any, error) {
	switch e := v.(type) {
	case *internalError:
		a.logCause(c, e.cause)
		return e.ErrorModel, nil
	case *huma.ErrorModel:
		if e.Detail == tookTooLong && c.Method() == http.MethodGet {
			e.Detail = tookTooLongSafe
		}
		return explainInvalid(e), nil
	}
	return v, nil
}

func (a *API) logCause(c huma.Context, cause error) {
	a.o.Log.Error("request failed", "method", c.Method(), "path", c.Operation().Path, "operation", c.Operation().OperationID, "error", cause)
}

// maxEcho bounds how much of a wrong value goes back to the caller.
const maxEcho = 100

func explainInvalid(e *huma.ErrorModel) *huma.ErrorModel {
	for _, d := range e.Errors {
		if d.Message == validation.MsgUnexpectedProperty {
			d.Message = "is not a field of this call; remove it, /docs lists the fields"
		}
		switch v := d.Value.(type) {
		case int: // the line that policyProblem names
		case string:
			if len(v) > maxEcho || strings.HasPrefix(d.Location, "body") { // a body may hold a password or a text
				d.Value = nil
			}
		default:
			d.Value = nil
		}
	}
	if e.Detail == "validation failed" && len(e.Errors) > 0 {
		first := e.Errors[0]
		e.Detail = strings.TrimPrefix(first.Location, "body.") + ": " + first.Message
	}
	return e
}

func invalid(err error) (field, remedy string, ok bool) {
	if e, found := errors.AsType[*inbox.InvalidError](err); found {
		return e.Field, e.Remedy, true
	}
	if e, found := errors.AsType[*channels.InvalidError](err); found {
		return e.Field, e.Remedy, true
	}
	return "", "", false
}

func policyProblem(p *routing.ProblemsError) error {
	details := make([]error, len(p.Problems))
	for i, x := range p.Problems {
		at := "body.yaml"
		if x.Language != "" {
			at = "body.texts." + x.Language
		}
		details[i] = &huma.ErrorDetail{Location: at, Value: x.Line, Message: x.Message}
	}
	return huma.NewError(http.StatusUnprocessableEntity, p.Error(), details...)
}

func asProblems(err error) ([]routing.Problem, bool) {
	p, ok := errors.AsType[*routing.ProblemsError](err)
	if !ok {
		return nil, false
	}
	return p.Problems, true
}
