package api_test

import (
	"testing"

	"github.com/gin-gonic/gin"

	"usher/migrations/dbtest"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.ReleaseMode)
	dbtest.Main(m)
}
