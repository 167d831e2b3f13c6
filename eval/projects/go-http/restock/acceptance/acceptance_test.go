package stock

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAcceptanceDeliveries(t *testing.T) {
	cases := []struct {
		name, sku, body string
		status          int
		has             string
	}{
		{"one", "nut", `{"boxes":1,"perBox":10}`, 200, `"count":20`},
		{"full", "nut", `{"boxes":9,"perBox":500}`, 200, `"count":4510`},
		{"exact", "bolt", `{"boxes":14,"perBox":350}`, 200, `"count":5000`},
		{"over", "bolt", `{"boxes":10,"perBox":500}`, 409, "no_room"},
		{"twenty", "nut", `{"boxes":20,"perBox":100}`, 200, `"count":2010`},
		{"many", "nut", `{"boxes":21,"perBox":100}`, 400, "invalid_boxes"},
		{"none", "nut", `{"boxes":0,"perBox":100}`, 400, "invalid_boxes"},
		{"small", "nut", `{"boxes":1,"perBox":9}`, 422, "boxes_too_small"},
		{"large", "nut", `{"boxes":1,"perBox":501}`, 422, "boxes_too_large"},
		{"words", "nut", `{`, 400, "invalid_json"},
		{"other", "screw", `{"boxes":1,"perBox":10}`, 404, "no_such_item"},
	}
	for _, each := range cases {
		t.Run(each.name, func(t *testing.T) {
			s := NewServer()
			w := httptest.NewRecorder()
			s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/items/"+each.sku+"/deliveries", strings.NewReader(each.body)))
			if w.Code != each.status || !strings.Contains(w.Body.String(), each.has) {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestAcceptanceKeeps(t *testing.T) {
	s := NewServer()
	for _, want := range []string{`"count":1010`, `"count":2010`} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/items/nut/deliveries", strings.NewReader(`{"boxes":10,"perBox":100}`)))
		if !strings.Contains(w.Body.String(), want) {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
}
