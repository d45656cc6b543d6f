# Reads XML documents as .NET does, for the differential test. The file Documents has each document as a length (32
# bits, little endian) and its bytes. The file Results gets one line for each: the elements as .NET reads them, or the
# reason for which it refuses the document. The settings of the reader are the defaults of XmlReader.Create.
param([string] $Documents, [string] $Results)

$ErrorActionPreference = 'Stop'
Add-Type -TypeDefinition @'
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Xml;

public static class Documents {
    public static void Read(string documents, string results) {
        using (var input = new BinaryReader(File.OpenRead(documents)))
        using (var output = new StreamWriter(results, false, new UTF8Encoding(false))) {
            while (input.BaseStream.Position < input.BaseStream.Length) {
                byte[] raw = input.ReadBytes(input.ReadInt32());
                string line;
                try {
                    line = "reads " + Describe(raw);
                } catch (Exception e) {
                    line = "refuses " + Escape(e.Message);
                }
                output.Write(line + "\n");
            }
        }
    }

    static string Describe(byte[] raw) {
        var text = new StringBuilder();
        using (var reader = XmlReader.Create(new MemoryStream(raw))) {
            while (reader.Read()) {
                switch (reader.NodeType) {
                    case XmlNodeType.Element:
                        bool isEmpty = reader.IsEmptyElement;
                        text.Append("<" + Name(reader));
                        var attributes = new List<string>();
                        while (reader.MoveToNextAttribute()) {
                            attributes.Add(" " + Name(reader) + "=\"" + Escape(reader.Value) + "\"");
                        }
                        attributes.Sort(string.CompareOrdinal);
                        text.Append(string.Concat(attributes) + ">");
                        if (isEmpty) {
                            text.Append("</>");
                        }
                        break;
                    case XmlNodeType.EndElement:
                        text.Append("</>");
                        break;
                    case XmlNodeType.Text:
                    case XmlNodeType.CDATA:
                    case XmlNodeType.Whitespace:
                    case XmlNodeType.SignificantWhitespace:
                        if (reader.Depth > 0) {
                            text.Append(Escape(reader.Value));
                        }
                        break;
                }
            }
        }
        return text.ToString();
    }

    static string Name(XmlReader reader) {
        return "{" + Escape(reader.NamespaceURI) + "}" + Escape(reader.LocalName);
    }

    // Everything except letters and digits is written as its code, so that a line has one spelling.
    static string Escape(string text) {
        var escaped = new StringBuilder();
        foreach (char c in text) {
            if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == ' ') {
                escaped.Append(c);
            } else {
                escaped.Append("%" + ((int)c).ToString("X4"));
            }
        }
        return escaped.ToString();
    }
}
'@
[Documents]::Read($Documents, $Results)
