package resilience

import (
	"fmt"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Limits of the detection intervals.
const (
	minInterval       = 30 * time.Second
	maxInterval       = 24 * time.Hour
	undisputedMax     = 84400 * time.Second
	leastForPool      = 90 * time.Second
	leastForAppliance = 120 * time.Second
)

// Changed tells which arguments of a direction differ from before: all of them when it is created.
type Changed struct {
	AutomaticFailover bool
	FailureDetection  bool
	FailbackDetection bool
}

// settingFault is a violation by the settings of a direction, before it is known whose direction that is.
type settingFault struct {
	severity Severity // empty for that of the rule
	setting  Setting
	found    string // a clause: what the settings are and why that is wrong
	advice   string
}

// SettingsChange checks the settings of one direction, for the case that member fails, when a plan sets or changes
// them. Only the rules run whose inputs changed. The member is a Front End pool or an appliance.
func SettingsChange(kind topology.Kind, fqdn string, s Settings, changed Changed) []Violation {
	name := topology.CanonicalFQDN(fqdn)
	var found []Violation
	for _, r := range catalogue {
		if r.settings == nil || !r.settingsAreOf(kind) {
			continue
		}
		for _, fault := range r.settings(s, changed) {
			found = append(found, completed(r, []Violation{fault.of(name)})...)
		}
	}
	return found
}

// settingsAreOf says whether a rule about settings holds for a Front End pool, or for an appliance.
func (r Rule) settingsAreOf(kind topology.Kind) bool {
	return r.settingsOf == "" || r.settingsOf == kind
}

// settingsOfPair checks the settings of both directions of a pair. What is wrong in both alike is said once, because
// it comes from one argument.
func settingsOfPair(r Rule, c creation, wanted map[string]Settings) []Violation {
	all := Changed{AutomaticFailover: true, FailureDetection: true, FailbackDetection: true}
	type found struct{ members []string }
	var order []settingFault
	by := map[settingFault]*found{}
	for _, m := range c.members {
		s, known := wanted[m.name]
		if !known {
			continue
		}
		for _, fault := range r.settings(s, all) {
			if by[fault] == nil {
				by[fault] = &found{}
				order = append(order, fault)
			}
			by[fault].members = append(by[fault].members, m.name)
		}
	}
	var violations []Violation
	for _, fault := range order {
		violations = append(violations, fault.of(by[fault].members...))
	}
	return completed(r, violations)
}

// of makes the violation of a fault in the directions of one or both members.
func (f settingFault) of(members ...string) Violation {
	v := Violation{Severity: f.severity, Setting: f.setting, Advice: f.advice, Objects: members}
	if len(members) == 1 {
		v.Pool = members[0]
		v.Detail = fmt.Sprintf("For the case that %s fails, %s.", members[0], f.found)
	} else {
		v.Detail = fmt.Sprintf("In both directions, for the case that %s fails, %s.", members[0]+" or "+members[1], f.found)
	}
	return v
}

func outOfRange(s Settings, changed Changed) []settingFault {
	var faults []settingFault
	for _, interval := range []struct {
		changed bool
		setting Setting
		name    string
		is      time.Duration
	}{
		{changed.FailureDetection, SettingFailureDetection, "failure", s.FailureDetection},
		{changed.FailbackDetection, SettingFailbackDetection, "failback", s.FailbackDetection},
	} {
		fault := settingFault{setting: interval.setting}
		switch {
		case !interval.changed || (interval.is >= minInterval && interval.is <= undisputedMax):
			continue
		case interval.is >= minInterval && interval.is <= maxInterval:
			fault.severity = Discouraged
			fault.found = fmt.Sprintf("the %s detection interval is %s: the product's help gives the upper limit both as 84,400 seconds and as 24 hours, so the product may refuse it",
				interval.name, phrase.Duration(interval.is))
		default:
			fault.found = fmt.Sprintf("the %s detection interval is %s, outside of 30 seconds to 24 hours", interval.name, phrase.Duration(interval.is))
		}
		fault.advice = fmt.Sprintf("Set it to a value from %s to %s (84,400 seconds).", phrase.Duration(minInterval), phrase.Duration(undisputedMax))
		faults = append(faults, fault)
	}
	return faults
}

// below90 leaves what is out of range to VF-RANGE.
func below90(s Settings, changed Changed) []settingFault {
	if !changed.FailureDetection || s.FailureDetection < minInterval || s.FailureDetection >= leastForPool {
		return nil
	}
	return []settingFault{{setting: SettingFailureDetection, found: foundBelow90(s.FailureDetection), advice: adviceBelow90}}
}

// below120 leaves what is out of range to VF-RANGE.
func below120(s Settings, changed Changed) []settingFault {
	if !changed.FailureDetection || s.FailureDetection < minInterval || s.FailureDetection >= leastForAppliance {
		return nil
	}
	return []settingFault{{setting: SettingFailureDetection, found: foundBelow120(s.FailureDetection), advice: adviceBelow120}}
}

func foundBelow120(is time.Duration) string {
	return fmt.Sprintf("the failure detection interval is %s; for an appliance, a value below 120 seconds may keep failover from working as expected", phrase.Duration(is))
}

const adviceBelow120 = "Set it to 120 seconds or more. The default is 2 minutes."

func foundBelow90(is time.Duration) string {
	return fmt.Sprintf("the failure detection interval is %s; for a pool, whatever is below 90 seconds counts as 90 seconds", phrase.Duration(is))
}

const adviceBelow90 = "Set it to 90 seconds or more. The default is 5 minutes."

func gapTooSmall(s Settings, changed Changed) []settingFault {
	if (!changed.FailureDetection && !changed.FailbackDetection) || s.FailbackDetection > s.FailureDetection {
		return nil
	}
	if s.FailureOptional || s.FailbackOptional {
		return nil // there may be nothing to compare with
	}
	return []settingFault{{
		setting: SettingFailbackDetection, found: foundGap(s.FailureDetection, s.FailbackDetection), advice: adviceGap,
	}}
}

func foundGap(failure, failback time.Duration) string {
	return fmt.Sprintf("the failback detection interval (%s) is not longer than the failure detection interval (%s), so failover and failback may not work as expected",
		phrase.Duration(failback), phrase.Duration(failure))
}

const adviceGap = "Make the failback detection interval clearly longer. By default it is twice the other."

func failoverOff(s Settings, changed Changed) []settingFault {
	if !changed.AutomaticFailover || s.AutomaticFailover {
		return nil
	}
	return []settingFault{{setting: SettingAutomaticFailover, found: foundOff, advice: adviceOff}}
}

const (
	foundOff  = "automatic failover is off, so its backup registrar is not used"
	adviceOff = "Turn automatic failover on, or add VF-ON to ignored_rules if this is what you want."
)
