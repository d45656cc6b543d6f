package provider

import "testing"

func TestWantsLogs(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		variables []string
		want      bool
	}{
		{nil, false},
		{[]string{"PATH=/bin", "TF_VAR_log=trace", "TF_LOG_PATH=log.txt", "TF_LOG_CORE=trace"}, false},
		{[]string{"TF_LOG=", "TF_LOG_PROVIDER=", "TF_LOG_SDK="}, false},
		{[]string{"TF_LOG_PROVIDER_OTHER=trace", "TF_LOGS=1"}, false},
		{[]string{"PATH=/bin", "TF_LOG=debug"}, true},
		{[]string{"tf_log=debug"}, true},
		{[]string{"TF_LOG=off"}, true},
		{[]string{"TF_LOG_PROVIDER=info"}, true},
		{[]string{"TF_LOG_PROVIDER_LYNC=info"}, true},
		{[]string{"TF_LOG_SDK=trace"}, true},
		{[]string{"TF_LOG_SDK_PROTO=trace"}, true},
		{[]string{"TF_LOG_SDK_FRAMEWORK=trace"}, true},
		{[]string{"TF_LOG_SDK_PROTO_DATA_DIR=data"}, true},
	} {
		if got := wantsLogs(row.variables); got != row.want {
			t.Errorf("%q: %v, want %v", row.variables, got, row.want)
		}
	}
}
