package stock

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAcceptanceReservations(t *testing.T) {
	cases := []struct {
		name, sku, body string
		status          int
		has             string
	}{
		{"one", "bolt", `{"count":1}`, 201, `"cents":20`},
		{"nineteen", "bolt", `{"count":19}`, 201, `"cents":380`},
		{"twenty", "bolt", `{"count":20}`, 201, `"cents":360`},
		{"fifty", "bolt", `{"count":50}`, 201, `"cents":900`},
		{"fifty-one", "bolt", `{"count":51}`, 422, "too_many"},
		{"all", "nut", `{"count":10}`, 201, `"reserved":10`},
		{"more", "nut", `{"count":11}`, 409, "not_enough"},
		{"none", "nut", `{"count":0}`, 400, "invalid_count"},
		{"less", "nut", `{"count":-1}`, 400, "invalid_count"},
		{"words", "nut", `{"count":`, 400, "invalid_json"},
		{"other", "screw", `{"count":1}`, 404, "no_such_item"},
	}
	for _, each := range cases {
		t.Run(each.name, func(t *testing.T) {
			s := NewServer()
			w := httptest.NewRecorder()
			s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/items/"+each.sku+"/reservations", strings.NewReader(each.body)))
			if w.Code != each.status || !strings.Contains(w.Body.String(), each.has) {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestAcceptanceKeeps(t *testing.T) {
	s := NewServer()
	for _, want := range []int{201, 201, 409} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/items/nut/reservations", strings.NewReader(`{"count":5}`)))
		if w.Code != want {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
}
