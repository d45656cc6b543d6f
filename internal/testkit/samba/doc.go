// Package samba runs a domain controller of Active Directory on loopback: Samba, with all files in a temporary folder.
// Of its services only the KDC runs. Tests at full size use it.
package samba
