package stock

import (
	"encoding/json"
	"net/http"
	"strings"
)

// Server answers over HTTP.
type Server struct {
	store *Store
}

// NewServer has a store of its own.
func NewServer() *Server {
	return &Server{store: NewStore()}
}

func reply(w http.ResponseWriter, status int, body interface{}) {
	w.Header().Set("content-type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func fail(w http.ResponseWriter, status int, code string) {
	reply(w, status, map[string]string{"error": code})
}

func (s *Server) read(w http.ResponseWriter, sku string) {
	item, ok := s.store.Find(sku)
	if !ok {
		fail(w, http.StatusNotFound, "no_such_item")
		return
	}
	reply(w, http.StatusOK, item)
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case r.Method == http.MethodGet && len(parts) == 2 && parts[0] == "items":
		s.read(w, parts[1])
	case r.Method == http.MethodPost && len(parts) == 3 && parts[0] == "items" && parts[2] == "reservations":
		s.reserve(w, r, parts[1])
	default:
		fail(w, http.StatusNotFound, "no_such_route")
	}
}
