package api_test

import (
	"testing"
)

const template = "/api/v1/templates/order_status"

func answerIn(language, body string, texts map[string]string) map[string]any {
	return map[string]any{"title": "T", "language": language, "body": body, "texts": texts, "watch": true}
}

func TestATemplateIsTriedBeforeItIsSaved(t *testing.T) {
	h := newHouse(t)
	id := h.message("bo", "refund_request please")
	preview := func(body map[string]any) answer { return h.call(h.agent, "POST", template+"/preview", body) }
	a := preview(map[string]any{"conversation_id": id, "body": "Hello from {{ company.name }}"})
	h.wants("preview", a, 200, "")
	if a.body["text"] != "Hello from Shop" || a.body["language"] != "en" || a.body["help"].(map[string]any)["question"] != "Did that help?" {
		t.Errorf("it reads %s", a.raw)
	}
	if a = preview(map[string]any{"language": "de", "body": "Hallo"}); a.body["help"].(map[string]any)["question"] != "Hat das geholfen?" {
		t.Errorf("in German it reads %s", a.raw)
	}
	if a = preview(map[string]any{"language": "is", "body": "Halló"}); a.body["language"] != "is" || a.body["help"] != nil {
		t.Errorf("in Icelandic it reads %s", a.raw)
	}
	h.wants("a broken body", preview(map[string]any{"body": "{{ nonsense.x }}"}), 422, "nonsense")
	h.wants("a language without a text", preview(map[string]any{"language": "nl"}), 404, "")
	h.wants("no language", preview(map[string]any{"language": "German", "body": "Hallo"}), 422, "language")
}

func TestATemplateIsSavedInItsLanguages(t *testing.T) {
	h := newHouse(t)
	a := h.call(h.ops, "PUT", template, answerIn("en", "Hello {{ entities.invoice_number }} {{ entities.tracking_number }}.", map[string]string{"de": "Hallo"}), "If-Match", `"1"`)
	h.wants("saving", a, 200, "")
	if a.header.Get("ETag") != `"2"` || a.body["version"] != 2.0 || a.body["language"] != "en" || a.body["texts"].(map[string]any)["de"] != "Hallo" {
		t.Errorf("%s: %s", a.header.Get("ETag"), a.raw)
	}
	a = h.call(h.ops, "PUT", template, answerIn("en", "Hello", map[string]string{"de": "Hallo", "fr": "Bonjour\n{% if %}"}), "If-Match", `"2"`)
	h.wants("a text that is wrong", a, 422, "text in fr, line 2")
	if wrong := a.body["errors"].([]any)[0].(map[string]any); wrong["location"] != "body.texts.fr" || wrong["value"] != 2.0 {
		t.Errorf("it is said to be wrong at %v", wrong)
	}
	h.wants("one language twice", h.call(h.ops, "PUT", template, answerIn("en", "Hello", map[string]string{"en": "Hi"}), "If-Match", `"2"`), 422, "another text")
	h.wants("the default in no language", h.call(h.ops, "PUT", template, answerIn("English", "Hello", nil), "If-Match", `"2"`), 422, "language")
}

func TestATemplateIsNotSavedOverAVersionThatWasNotRead(t *testing.T) {
	h := newHouse(t)
	hello := answerIn("en", "Hello", nil)
	put := func(path string, headers ...string) answer { return h.call(h.ops, "PUT", path, hello, headers...) }
	h.wants("without a version", put(template), 428, "If-Match")
	h.wants("over the first", put(template, "If-Match", `"1"`), 200, "")
	h.wants("over the first again", put(template, "If-Match", `"1"`), 412, "another version")
	h.wants("as a new one", put(template, "If-None-Match", "*"), 412, "another version")
	h.wants("over what is no version", put(template, "If-Match", "*"), 412, "in quotes")
	h.wants("over a version beyond all", put(template, "If-Match", `"99999999999"`), 412, "in quotes")
	h.wants("over the last that there could be", put(template, "If-Match", `"2147483647"`), 412, "in quotes")
	h.wants("over one to come", put(template, "If-Match", `"7"`), 412, "another version")
	h.wants("a new one over a version", put("/api/v1/templates/brand_new", "If-Match", `"1"`), 412, "another version")
	a := put("/api/v1/templates/brand_new", "If-None-Match", "*")
	h.wants("a new one", a, 200, "")
	h.wants("over it by its tag", put("/api/v1/templates/brand_new", "If-Match", a.header.Get("ETag")), 200, "")
}
