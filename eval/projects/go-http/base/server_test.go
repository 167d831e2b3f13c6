package stock

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func ask(s *Server, method string, path string, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	return w
}

func TestReadsAnItem(t *testing.T) {
	w := ask(NewServer(), http.MethodGet, "/items/bolt", "")
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"count":100`) {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
}

func TestKnowsNoOtherItem(t *testing.T) {
	if w := ask(NewServer(), http.MethodGet, "/items/screw", ""); w.Code != http.StatusNotFound {
		t.Fatalf("%d", w.Code)
	}
}

func TestListsItemsWhichNobodyHasBuiltYet(t *testing.T) {
	if w := ask(NewServer(), http.MethodGet, "/items", ""); w.Code != http.StatusOK {
		t.Fatalf("%d", w.Code)
	}
}
