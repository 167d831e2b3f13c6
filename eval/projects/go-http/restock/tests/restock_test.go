package stock

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func deliver(sku string, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	NewServer().restock(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body)), sku)
	return w
}

func TestCountsPieces(t *testing.T) {
	if got := piecesOf(3, 12); got != 36 {
		t.Fatalf("%d", got)
	}
}

func TestTakesADelivery(t *testing.T) {
	w := deliver("nut", `{"boxes":2,"perBox":50}`)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"count":110`) {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
}

func TestRefusesTooManyBoxes(t *testing.T) {
	if w := deliver("nut", `{"boxes":21,"perBox":50}`); w.Code != http.StatusBadRequest {
		t.Fatalf("%d", w.Code)
	}
}

func TestRefusesSmallBoxes(t *testing.T) {
	if w := deliver("nut", `{"boxes":2,"perBox":9}`); w.Code != http.StatusUnprocessableEntity {
		t.Fatalf("%d", w.Code)
	}
}

func TestHasNoRoomForMore(t *testing.T) {
	if w := deliver("bolt", `{"boxes":10,"perBox":500}`); w.Code != http.StatusConflict {
		t.Fatalf("%d", w.Code)
	}
}

func TestDeliversNothingElse(t *testing.T) {
	if w := deliver("screw", `{"boxes":2,"perBox":50}`); w.Code != http.StatusNotFound {
		t.Fatalf("%d", w.Code)
	}
}
