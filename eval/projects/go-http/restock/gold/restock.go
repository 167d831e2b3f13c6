package stock

import (
	"encoding/json"
	"net/http"
)

const mostBoxes = 20
const mostPieces = 5000

func piecesOf(boxes int, perBox int) int {
	return boxes * perBox
}

func (s *Server) restock(w http.ResponseWriter, r *http.Request, sku string) {
	var sent struct {
		Boxes  int `json:"boxes"`
		PerBox int `json:"perBox"`
	}
	if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
		fail(w, http.StatusBadRequest, "invalid_json")
		return
	}
	if sent.Boxes < 1 || sent.Boxes > mostBoxes {
		fail(w, http.StatusBadRequest, "invalid_boxes")
		return
	}
	if sent.PerBox < 10 {
		fail(w, http.StatusUnprocessableEntity, "boxes_too_small")
		return
	}
	if sent.PerBox > 500 {
		fail(w, http.StatusUnprocessableEntity, "boxes_too_large")
		return
	}
	item, ok := s.store.Find(sku)
	if !ok {
		fail(w, http.StatusNotFound, "no_such_item")
		return
	}
	item.Count += piecesOf(sent.Boxes, sent.PerBox)
	if item.Count > mostPieces {
		fail(w, http.StatusConflict, "no_room")
		return
	}
	s.store.Save(item)
	reply(w, http.StatusOK, item)
}
