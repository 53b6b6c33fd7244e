import java.nio.file.*;

public class Reads {
    public static void main(String[] words) throws Exception {
        try {
            System.out.print(Files.readString(Path.of(words[0])));
        } catch (AccessDeniedException error) {
            System.out.println("refused");
        }
        var builder = new ProcessBuilder("cat", words[0]);
        builder.environment().clear();
        System.out.print(new String(builder.start().getInputStream().readAllBytes()));
    }
}
