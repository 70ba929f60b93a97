package intent

// urgentFrom is the least urgency at which a message is urgent whatever the rules say. It and the weights are what
// priority_fit_test.go finds in the open halves of the suites.
const urgentFrom = 0.26

var urgencyWeights = []struct {
	feature string
	weight  float64
}{
	{"asking", -0.644},
	{"attack", 1.522},
	{"bias", -3.735},
	{"body", 0.559},
	{"care", 1.121},
	{"clock", 0.663},
	{"crowd", 0.559},
	{"denial", 1.605},
	{"despair", 1.691},
	{"event", -0.062},
	{"exposure", 0.008},
	{"hazard", 1.010},
	{"intent account_security", 4.127},
	{"intent calm", -1.457},
	{"intent spam", -0.663},
	{"intruder", 0.582},
	{"kin", 0.696},
	{"kinds", 3.078},
	{"lack", -0.523},
	{"leisure", -0.414},
	{"length", -0.285},
	{"livelihood", -0.010},
	{"now", 0.611},
	{"oos", 1.167},
	{"plea", 0.330},
	{"rescue", 0.232},
	{"rule angry", 1.633},
	{"rule deadline", 0.450},
	{"rule harm", 1.072},
	{"rule repeat", 0.664},
	{"rule stakes", -0.345},
	{"rule threat", 1.133},
	{"rule urgent", 2.619},
	{"standstill", -0.013},
}
