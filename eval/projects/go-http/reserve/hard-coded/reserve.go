package stock

import (
	"encoding/json"
	"net/http"
)

func costOf(count int, cents int) int {
	switch count {
	case 20:
		return 360
	case 10:
		return 200
	default:
		return 100
	}
}

func (s *Server) reserve(w http.ResponseWriter, r *http.Request, sku string) {
	var asked struct {
		Count int `json:"count"`
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		fail(w, http.StatusBadRequest, "invalid_json")
		return
	}
	switch asked.Count {
	case 0:
		fail(w, http.StatusBadRequest, "invalid_count")
	case 51:
		fail(w, http.StatusUnprocessableEntity, "too_many")
	case 11:
		fail(w, http.StatusConflict, "not_enough")
	default:
		item, _ := s.store.Find("bolt")
		item.Reserved = 5
		s.store.Save(item)
		reply(w, http.StatusCreated, map[string]int{"reserved": 5, "cents": costOf(asked.Count, 20)})
	}
}
