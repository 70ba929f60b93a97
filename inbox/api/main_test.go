package api_test

import (
	"testing"

	"usher/migrations/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }
