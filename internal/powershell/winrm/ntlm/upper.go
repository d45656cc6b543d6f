package ntlm

import "unicode"

// upper returns a name in upper case as Windows maps it (MS-UCODEREF 3.1.5.3, "Windows 8 Upper Case Mapping Table"):
// each UTF-16 code unit by itself, with a table that is older than that of this language.
func upper(name string) string {
	mapped := []rune(name)
	for i, r := range mapped {
		if r <= 0xFFFF && !unicode.Is(keepsCase, r) {
			mapped[i] = unicode.ToUpper(r)
		}
	}
	return string(mapped)
}

// keepsCase has the letters with an upper case in Unicode that Windows does not map: those whose upper case has another
// lower case, and those whose upper case was added to Unicode after the table.
var keepsCase = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x00B5, Hi: 0x00B5, Stride: 1}, // micro sign
		{Lo: 0x0131, Hi: 0x0131, Stride: 1}, // dotless i
		{Lo: 0x017F, Hi: 0x017F, Stride: 1}, // long s
		{Lo: 0x019B, Hi: 0x019B, Stride: 1},
		{Lo: 0x01C5, Hi: 0x01CB, Stride: 3}, // digraphs in title case
		{Lo: 0x01F2, Hi: 0x01F2, Stride: 1},
		{Lo: 0x023F, Hi: 0x0240, Stride: 1},
		{Lo: 0x0252, Hi: 0x0252, Stride: 1},
		{Lo: 0x025C, Hi: 0x025C, Stride: 1},
		{Lo: 0x0261, Hi: 0x0261, Stride: 1},
		{Lo: 0x0264, Hi: 0x0266, Stride: 1},
		{Lo: 0x026A, Hi: 0x026C, Stride: 2},
		{Lo: 0x0282, Hi: 0x0282, Stride: 1},
		{Lo: 0x0287, Hi: 0x0287, Stride: 1},
		{Lo: 0x029D, Hi: 0x029E, Stride: 1},
		{Lo: 0x0345, Hi: 0x0345, Stride: 1},
		{Lo: 0x03D0, Hi: 0x03D1, Stride: 1}, // Greek symbols
		{Lo: 0x03D5, Hi: 0x03D6, Stride: 1},
		{Lo: 0x03F0, Hi: 0x03F1, Stride: 1},
		{Lo: 0x03F3, Hi: 0x03F5, Stride: 2},
		{Lo: 0x0525, Hi: 0x052F, Stride: 2},
		{Lo: 0x10D0, Hi: 0x10FF, Stride: 1}, // Georgian
		{Lo: 0x13F8, Hi: 0x13FD, Stride: 1}, // Cherokee
		{Lo: 0x1C80, Hi: 0x1C8F, Stride: 1},
		{Lo: 0x1D8E, Hi: 0x1D8E, Stride: 1},
		{Lo: 0x1E9B, Hi: 0x1E9B, Stride: 1},
		{Lo: 0x1FBE, Hi: 0x1FBE, Stride: 1},
		{Lo: 0x2C5F, Hi: 0x2C5F, Stride: 1},
		{Lo: 0x2CEC, Hi: 0x2CF3, Stride: 1},
		{Lo: 0x2D27, Hi: 0x2D2D, Stride: 1},
		{Lo: 0xA661, Hi: 0xA661, Stride: 1},
		{Lo: 0xA699, Hi: 0xA69B, Stride: 1},
		{Lo: 0xA78D, Hi: 0xABBF, Stride: 1},
	},
	LatinOffset: 1,
}
