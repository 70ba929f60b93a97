package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"usher/channels"
	"usher/inbox"
	"usher/routing"
)

// statuses is the one place where the inbox's errors become HTTP.
var statuses = []struct {
	err    error
	status int
}{
	{inbox.ErrAuth, http.StatusUnauthorized},
	{inbox.ErrForbidden, http.StatusForbidden},
	{inbox.ErrNotFound, http.StatusNotFound},
	{inbox.ErrConflict, http.StatusConflict},
	{inbox.ErrBusy, http.StatusServiceUnavailable},
	{context.DeadlineExceeded, http.StatusServiceUnavailable},
	{context.Canceled, 499},
}

// problem turns an error into a problem document. What is not an error of ours becomes 500 without its text; the
// middleware logs the cause.
func problem(err error) error {
	var status huma.StatusError
	if errors.As(err, &status) {
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
		if errors.Is(err, s.err) {
			e := huma.NewError(s.status, plain(err))
			if s.status == http.StatusServiceUnavailable {
				return huma.ErrorWithHeaders(e, http.Header{"Retry-After": {"1"}})
			}
			return e
		}
	}
	return &internalError{cause: err, StatusError: huma.NewError(http.StatusInternalServerError, "something went wrong here; nothing of your request was stored; try again")}
}

// internalError keeps the cause for the log and shows only the general text.
type internalError struct {
	huma.StatusError
	cause error
}

func (e *internalError) Unwrap() error { return e.cause }

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
		details[i] = &huma.ErrorDetail{Location: "body.yaml", Value: x.Line, Message: x.Message}
	}
	return huma.NewError(http.StatusUnprocessableEntity, p.Error(), details...)
}

// plain is the part of a wrapped error that a person should read: the innermost sentence comes last.
func plain(err error) string {
	text := err.Error()
	if i := strings.LastIndex(text, "\n"); i >= 0 {
		text = text[i+1:]
	}
	return text
}

func asProblems(err error) ([]routing.Problem, bool) {
	p, ok := errors.AsType[*routing.ProblemsError](err)
	if !ok {
		return nil, false
	}
	return p.Problems, true
}
