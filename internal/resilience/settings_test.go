package resilience

import (
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

var everything = Changed{AutomaticFailover: true, FailureDetection: true, FailbackDetection: true}

func settingsOf(failover bool, failure, failback time.Duration) topology.DesiredSettings {
	return topology.DesiredSettings{
		AutomaticFailover: failover, FailureDetection: failure, FailbackDetection: failback,
	}
}

func TestSettingsChange(t *testing.T) {
	t.Parallel()
	const s, m, h = time.Second, time.Minute, time.Hour
	tests := map[string]struct {
		settings topology.DesiredSettings
		changed  Changed
		want     string
		setting  Setting
		text     string
	}{
		"defaults": {settingsOf(true, 5*m, 10*m), everything, "", 0, ""},
		"failure below 30 seconds": {settingsOf(true, 29*s, 10*m), everything, "!VF-RANGE",
			SettingFailureDetection, "the failure detection interval is 29s, outside the range from 30 seconds to 24 " +
				"hours"},
		"failback below 30 seconds": {settingsOf(true, 90*s, 29*s), everything, "!VF-RANGE -VF-GAP",
			SettingFailbackDetection, "the failback detection interval is 29s, outside"},
		"failback far too long": {settingsOf(true, 90*s, 24*h+s), everything, "!VF-RANGE",
			SettingFailbackDetection, "the failback detection interval is 24h0m1s, outside"},
		"the longest undisputed": {settingsOf(true, 90*s, 84400*s), everything, "", 0, ""},
		"between the two limits": {settingsOf(true, 90*s, 84401*s), everything, "-VF-RANGE",
			SettingFailbackDetection, "is 23h26m41s: the product's help gives the upper limit both"},
		"24 hours": {settingsOf(true, 90*s, 24*h), everything, "-VF-RANGE",
			SettingFailbackDetection, "is 24h: "},
		"30 seconds": {settingsOf(true, 30*s, 10*m), everything, "-VF-MIN90",
			SettingFailureDetection, "In the settings for a failure of a.contoso.com, the failure detection " +
				"interval is 30s. For a pool"},
		"just below 90 seconds": {settingsOf(true, 89*s, 10*m), everything, "-VF-MIN90",
			SettingFailureDetection, "is 1m29s"},
		"90 seconds": {settingsOf(true, 90*s, 10*m), everything, "", 0, ""},
		"failback as failure": {settingsOf(true, 5*m, 5*m), everything, "-VF-GAP", SettingFailbackDetection,
			"(5m) is not longer than the failure detection interval (5m)"},
		"failback just above": {settingsOf(true, 5*m, 5*m+s), everything, "", 0, ""},
		"failover off": {settingsOf(false, 5*m, 10*m), everything, "-VF-ON", SettingAutomaticFailover,
			"automatic failover is off"},
		"everything wrong": {settingsOf(false, 60*s, 30*s), everything, "-VF-MIN90 -VF-GAP -VF-ON",
			SettingFailureDetection, ""},
		"nothing changed": {settingsOf(false, 1*s, 1*s), Changed{}, "", 0, ""},
		"only failover changed": {settingsOf(false, 60*s, 60*s), Changed{AutomaticFailover: true}, "-VF-ON",
			SettingAutomaticFailover, ""},
		"only failure changed": {settingsOf(false, 60*s, 10*s), Changed{FailureDetection: true},
			"-VF-MIN90 -VF-GAP", SettingFailureDetection, ""},
		"only failback changed": {settingsOf(false, 60*s, 10*s), Changed{FailbackDetection: true},
			"!VF-RANGE -VF-GAP", SettingFailbackDetection, ""},
		"both out of range": {settingsOf(true, 10*s, 25*h), everything, "!VF-RANGE !VF-RANGE",
			SettingFailureDetection, "25h, outside"},
		"failback longer, failure long": {settingsOf(true, 1*h, 90*m), everything, "", 0, ""},
		"failback as none": {
			topology.DesiredSettings{FailureDetection: 5 * m, FailbackDetection: m, FailureOptional: true},
			Changed{FailbackDetection: true}, "", 0, "",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := SettingsChange(topology.KindFrontEnd, named("A.contoso.com."), tt.settings, tt.changed)
			if ids(got) != tt.want {
				t.Errorf("got %q, want %q", ids(got), tt.want)
			}
			assertTexts(t, got, tt.text)
			for _, v := range got {
				if v.Pool != fqdn("a") || v.Setting == SettingPools {
					t.Errorf("%s sits on %q, setting %d", v.Rule.ID, v.Pool, v.Setting)
				}
			}
			if len(got) > 0 && got[0].Setting != tt.setting {
				t.Errorf("%s sits on the setting %d, want %d", got[0].Rule.ID, got[0].Setting, tt.setting)
			}
		})
	}
}

func TestCreateChecksTheSettingsOfBothDirections(t *testing.T) {
	t.Parallel()
	d := testkit.NewDraft()
	d.Standard("a", 1, v2013)
	d.Standard("b", 2, v2013)
	top := modelOf(t, d)
	off, short := good, good
	off.AutomaticFailover = false
	short.FailureDetection = 10 * time.Second

	type settings = map[topology.FQDN]topology.DesiredSettings
	tests := map[string]struct {
		a, b string // the members
		of   settings
		want string
		pool string
		text string
	}{
		"good": {"b.contoso.com", "a.contoso.com", settings{fqdn("a"): good, fqdn("b"): good},
			"", "", ""},
		"both alike": {
			"b.contoso.com", "a.contoso.com", settings{fqdn("a"): off, fqdn("b"): off}, "-VF-ON",
			"",
			"In the settings of both directions, for a failure of a.contoso.com or b.contoso.com, automatic " +
				"failover is off",
		},
		"one of them": {
			"A.contoso.com.", "b.contoso.com", settings{fqdn("a"): short, fqdn("b"): good},
			"!VF-RANGE", "a.contoso.com",
			"In the settings for a failure of a.contoso.com",
		},
		"a different one each": {
			"a.contoso.com", "b.contoso.com", settings{fqdn("a"): off, fqdn("b"): short},
			"!VF-RANGE -VF-ON", "b.contoso.com", "",
		},
		"one member unknown": {
			"", "b.contoso.com", settings{fqdn("b"): off}, "-VF-ON", "b.contoso.com",
			"In the settings for a failure of b.contoso.com",
		},
		"settings of one unknown": {
			"a.contoso.com", "b.contoso.com", settings{fqdn("b"): off}, "-VF-ON", "b.contoso.com", "",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			pair := desired(tt.a, tt.b)
			pair.Settings = tt.of
			got := Create(top, pair)
			if ids(got) != tt.want {
				t.Errorf("got %q, want %q", ids(got), tt.want)
			}
			assertTexts(t, got, tt.text)
			if len(got) > 0 && got[0].Pool != named(tt.pool) {
				t.Errorf("the direction is that of %q, want %q", got[0].Pool, tt.pool)
			}
		})
	}
}
