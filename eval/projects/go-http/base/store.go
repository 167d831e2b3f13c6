package stock

import "sync"

// Item is one kind of thing in the warehouse.
type Item struct {
	Sku      string `json:"sku"`
	Count    int    `json:"count"`
	Reserved int    `json:"reserved"`
	Cents    int    `json:"cents"`
}

// Store gives out copies: what is not saved is not kept.
type Store struct {
	mu    sync.Mutex
	items map[string]Item
}

// NewStore has two kinds of things.
func NewStore() *Store {
	return &Store{items: map[string]Item{
		"bolt": {Sku: "bolt", Count: 100, Cents: 20},
		"nut":  {Sku: "nut", Count: 10, Cents: 5},
	}}
}

// Find says whether there is such an item.
func (s *Store) Find(sku string) (Item, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	item, ok := s.items[sku]
	return item, ok
}

// Save keeps the item.
func (s *Store) Save(item Item) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items[item.Sku] = item
}
