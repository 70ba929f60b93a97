package channelstest

import (
	"testing"

	"usher/channels"
)

func TestMemoryKeepsTheReceiversContract(t *testing.T) {
	m := NewMemory()
	m.Add(channels.API, channels.Site{Address: "shop", Name: "Shop"})
	Receiver(t, m, channels.API, "shop")
}
