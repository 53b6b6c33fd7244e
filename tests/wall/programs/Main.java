import java.net.*; import java.nio.file.*; import java.util.stream.*;
public class Main {
    public static void main(String[] words) throws Exception {
        Path folder = Files.createTempDirectory("x"); Path file = Files.writeString(folder.resolve("a"), "1");
        Files.move(file, folder.resolve("b")); System.out.println(Files.list(folder).count());
        System.out.print(new String(new ProcessBuilder("echo", "hi").start().getInputStream().readAllBytes()));
        System.out.println(IntStream.range(0, 50).parallel().map(x -> x * x).sum());
        try { new Socket("127.0.0.1", 1); } catch (Exception error) { System.out.println(error.getClass()); }
        try { new ProcessBuilder("/no/such").start(); } catch (Exception error) { System.out.println(error.getClass()); }
    }
}
