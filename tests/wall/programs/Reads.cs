using System;
using System.Diagnostics;
using System.IO;

static class Reads
{
    static void Main(string[] words)
    {
        try { Console.Write(File.ReadAllText(words[0])); }
        catch (UnauthorizedAccessException) { Console.WriteLine("refused"); }
        var start = new ProcessStartInfo("cat", words[0]) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment.Clear();
        using (var child = Process.Start(start)) Console.Write(child.StandardOutput.ReadToEnd());
    }
}
