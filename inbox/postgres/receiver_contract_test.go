package postgres_test

import (
	"testing"

	"usher/channels"
	"usher/channels/channelstest"
)

func TestTheStoreKeepsTheReceiversContract(t *testing.T) {
	channelstest.Receiver(t, newFloor(t).store, channels.API, "shop")
}
