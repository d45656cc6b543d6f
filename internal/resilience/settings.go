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

// Changed specifies which settings of a direction a plan changes. A creation changes all of them.
type Changed struct {
	AutomaticFailover bool
	FailureDetection  bool
	FailbackDetection bool
}

// settingFault is a violation by the settings of a direction. It does not contain the pool of that direction.
type settingFault struct {
	severity Severity // empty for that of the rule
	setting  Setting
	found    string // clause: the values, and why they are wrong
	advice   string
}

// SettingsChange checks the settings of one direction, for the case that the pool with the FQDN fails, when a plan sets
// or changes them. It checks only the rules whose inputs change. The pool is a Front End pool or an appliance.
func SettingsChange(kind topology.Kind, fqdn topology.FQDN, s topology.DesiredSettings, changed Changed) []Violation {
	var found []Violation
	for _, r := range catalogue {
		if r.settings == nil || !r.appliesToSettingsOf(kind) {
			continue
		}
		for _, fault := range r.settings(s, changed) {
			found = append(found, completed(r, []Violation{fault.violation(fqdn)})...)
		}
	}
	return found
}

// appliesToSettingsOf reports whether a rule about settings applies to pools of a kind.
func (r Rule) appliesToSettingsOf(kind topology.Kind) bool {
	return r.settingsOf == "" || r.settingsOf == kind
}

// AllSettings returns the change of a creation, which sets all settings.
func AllSettings() Changed {
	return Changed{AutomaticFailover: true, FailureDetection: true, FailbackDetection: true}
}

// settingsOfPair checks the settings of both directions of a pair. A fault of both directions is one violation, because
// one argument causes it.
func settingsOfPair(r Rule, c creation, desired map[topology.FQDN]topology.DesiredSettings) []Violation {
	var faults []settingFault
	members := map[settingFault][]topology.FQDN{}
	for _, m := range c.members {
		s, known := desired[m.name]
		if !known {
			continue
		}
		for _, fault := range r.settings(s, AllSettings()) {
			if members[fault] == nil {
				faults = append(faults, fault)
			}
			members[fault] = append(members[fault], m.name)
		}
	}
	var violations []Violation
	for _, fault := range faults {
		violations = append(violations, fault.violation(members[fault]...))
	}
	return completed(r, violations)
}

// violation returns the violation by a fault in the direction of one member, or of both.
func (f settingFault) violation(members ...topology.FQDN) Violation {
	v := Violation{Severity: f.severity, Setting: f.setting, Advice: f.advice}
	for _, member := range members {
		v.Objects = append(v.Objects, member.String())
	}
	if len(members) == 1 {
		v.Pool = members[0]
		v.Detail = fmt.Sprintf("In the settings for a failure of %s, %s.", members[0], f.found)
	} else {
		v.Detail = fmt.Sprintf("In the settings of both directions, for a failure of %s or %s, "+
			"%s.", members[0], members[1],
			f.found)
	}
	return v
}

func outOfRange(s topology.DesiredSettings, changed Changed) []settingFault {
	var faults []settingFault
	for _, interval := range []struct {
		changed bool
		setting Setting
		name    string
		value   time.Duration
	}{
		{changed.FailureDetection, SettingFailureDetection, "failure", s.FailureDetection},
		{changed.FailbackDetection, SettingFailbackDetection, "failback", s.FailbackDetection},
	} {
		if !interval.changed {
			continue
		}
		if severity, found := rangeFault(interval.name, interval.value); found != "" {
			faults = append(faults, settingFault{
				severity: severity, setting: interval.setting, found: found, advice: adviceRange(),
			})
		}
	}
	return faults
}

// rangeFault returns a clause about an interval that is out of range or at its disputed end, and the severity. The
// clause is empty for another interval.
func rangeFault(name string, value time.Duration) (severity Severity, found string) {
	switch {
	case value >= minInterval && value <= undisputedMax:
		return "", ""
	case value >= minInterval && value <= maxInterval:
		return Discouraged, fmt.Sprintf("the %s detection interval is %s: the product's help gives the upper limit "+
			"both as 84,400 seconds and as 24 hours, so the product may refuse the "+
			"interval", name, phrase.Duration(value))
	default:
		return Error, fmt.Sprintf("the %s detection interval is %s, outside the range from 30 seconds to 24 "+
			"hours", name,
			phrase.Duration(value))
	}
}

func adviceRange() string {
	return fmt.Sprintf("Set the interval to a value from %s to %s (84,400 seconds).", phrase.Duration(minInterval),
		phrase.Duration(undisputedMax))
}

// below90 ignores values that are out of range, which VF-RANGE refuses.
func below90(s topology.DesiredSettings, changed Changed) []settingFault {
	if !changed.FailureDetection || s.FailureDetection < minInterval || s.FailureDetection >= leastForPool {
		return nil
	}
	return []settingFault{{
		setting: SettingFailureDetection, found: foundBelow90(s.FailureDetection), advice: adviceBelow90,
	}}
}

// below120 ignores values that are out of range, which VF-RANGE refuses.
func below120(s topology.DesiredSettings, changed Changed) []settingFault {
	if !changed.FailureDetection || s.FailureDetection < minInterval || s.FailureDetection >= leastForAppliance {
		return nil
	}
	return []settingFault{{
		setting: SettingFailureDetection, found: foundBelow120(s.FailureDetection), advice: adviceBelow120,
	}}
}

func foundBelow120(value time.Duration) string {
	return fmt.Sprintf("the failure detection interval is %s. For an appliance, a value below 120 seconds can "+
		"prevent failover from working as expected", phrase.Duration(value))
}

const adviceBelow120 = "Set the interval to 120 seconds or more. The default is 2 minutes."

func foundBelow90(value time.Duration) string {
	return fmt.Sprintf("the failure detection interval is %s. For a pool, the product treats a value below 90 "+
		"seconds as 90 seconds", phrase.Duration(value))
}

const adviceBelow90 = "Set the interval to 90 seconds or more. The default is 5 minutes."

func gapTooSmall(s topology.DesiredSettings, changed Changed) []settingFault {
	if (!changed.FailureDetection && !changed.FailbackDetection) || s.FailbackDetection > s.FailureDetection {
		return nil
	}
	if s.FailureOptional || s.FailbackOptional {
		return nil // the topology may lack one of them
	}
	return []settingFault{{
		setting: SettingFailbackDetection, found: foundGap(s.FailureDetection, s.FailbackDetection), advice: adviceGap,
	}}
}

func foundGap(failure, failback time.Duration) string {
	return fmt.Sprintf("the failback detection interval (%s) is not longer than the failure detection interval (%s), "+
		"so failover and failback may not work as expected",
		phrase.Duration(failback), phrase.Duration(failure))
}

const adviceGap = "Make the failback detection interval clearly longer. By default it is twice as long as the " +
	"failure detection interval."

func failoverOff(s topology.DesiredSettings, changed Changed) []settingFault {
	if !changed.AutomaticFailover || s.AutomaticFailover {
		return nil
	}
	return []settingFault{{setting: SettingAutomaticFailover, found: foundOff, advice: adviceOff}}
}

const (
	foundOff  = "automatic failover is off, so its backup registrar is not used"
	adviceOff = "Turn automatic failover on."
)
