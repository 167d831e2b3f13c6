package stock

import (
	"net/http"
	"strings"
	"testing"
)

func TestCostsLessFromTwentyOn(t *testing.T) {
	if got := costOf(20, 20); got != 360 {
		t.Fatalf("%d", got)
	}
}

func TestCostsTheSameForFewer(t *testing.T) {
	if got := costOf(10, 20); got != 200 {
		t.Fatalf("%d", got)
	}
}

func TestReserves(t *testing.T) {
	s := NewServer()
	w := ask(s, http.MethodPost, "/items/bolt/reservations", `{"count":5}`)
	if w.Code != http.StatusCreated || !strings.Contains(w.Body.String(), `"cents":100`) {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if read := ask(s, http.MethodGet, "/items/bolt", ""); !strings.Contains(read.Body.String(), `"reserved":5`) {
		t.Fatalf("%s", read.Body)
	}
}

func TestRefusesMoreThanFifty(t *testing.T) {
	if w := ask(NewServer(), http.MethodPost, "/items/bolt/reservations", `{"count":51}`); w.Code != http.StatusUnprocessableEntity {
		t.Fatalf("%d", w.Code)
	}
}

func TestRefusesMoreThanAreFree(t *testing.T) {
	if w := ask(NewServer(), http.MethodPost, "/items/nut/reservations", `{"count":11}`); w.Code != http.StatusConflict {
		t.Fatalf("%d", w.Code)
	}
}

func TestRefusesNone(t *testing.T) {
	if w := ask(NewServer(), http.MethodPost, "/items/nut/reservations", `{"count":0}`); w.Code != http.StatusBadRequest {
		t.Fatalf("%d", w.Code)
	}
}
