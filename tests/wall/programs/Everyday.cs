using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Threading;

static class Everyday
{
    static void Main()
    {
        var folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "b");
        File.WriteAllText(Path.Combine(folder, "a"), "1");
        File.Move(Path.Combine(folder, "a"), file);
        Console.WriteLine(Directory.GetFiles(folder).Length);
        var start = new ProcessStartInfo("echo", "hi") { RedirectStandardOutput = true, UseShellExecute = false };
        using (var child = Process.Start(start)) Console.Write(child.StandardOutput.ReadToEnd());
        var read = 0;
        var threads = Enumerable.Range(0, 8).Select(n => new Thread(() =>
        {
            for (var i = 0; i < 50; i++) Interlocked.Add(ref read, File.ReadAllBytes(file).Length);
        })).ToList();
        threads.ForEach(one => one.Start());
        threads.ForEach(one => one.Join());
        Console.WriteLine(read);
        Try(() => new TcpClient("127.0.0.1", 1).Close());
        Try(() => Process.Start(new ProcessStartInfo("/no/such") { UseShellExecute = false }));
        Directory.Delete(folder, true);
        GC.Collect();
    }

    static void Try(Action act)
    {
        try { act(); } catch (Exception error) { Console.WriteLine(error.GetType()); }
    }
}
