package stock

import (
	"encoding/json"
	"net/http"
)

const mostAtOnce = 50
const manyPieces = 20

// costOf is in cents, rounded down.
func costOf(count int, cents int) int {
	cost := count * cents
	if count >= manyPieces {
		return cost - cost / 10
	}
	return cost
}

func (s *Server) reserve(w http.ResponseWriter, r *http.Request, sku string) {
	var asked struct {
		Count int `json:"count"`
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		fail(w, http.StatusBadRequest, "invalid_json")
		return
	}
	if asked.Count < 1 {
		fail(w, http.StatusBadRequest, "invalid_count")
		return
	}
	if asked.Count > mostAtOnce {
		fail(w, http.StatusUnprocessableEntity, "too_many")
		return
	}
	item, ok := s.store.Find(sku)
	if !ok {
		fail(w, http.StatusNotFound, "no_such_item")
		return
	}
	if item.Reserved + asked.Count > item.Count {
		fail(w, http.StatusConflict, "not_enough")
		return
	}
	item.Reserved += asked.Count
	s.store.Save(item)
	reply(w, http.StatusCreated, map[string]int{"reserved": item.Reserved, "cents": costOf(asked.Count, item.Cents)})
}
