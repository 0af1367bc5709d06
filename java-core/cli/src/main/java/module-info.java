/** The {@code gatun} command. Finds backends at run time only. */
module dev.gatun.cli {
  requires dev.gatun.bench;
  requires dev.gatun.os;
  requires dev.gatun.pipelines;
  requires dev.gatun.quantize;
  requires info.picocli;
  requires java.management;
  // JLine hears of Ctrl-C by sun.misc.Signal, which it looks up by name.
  requires jdk.unsupported;
  requires org.jline.reader;
  requires com.fasterxml.jackson.databind;

  opens dev.gatun.cli to
      info.picocli;
  opens dev.gatun.cli.command to
      info.picocli;
}
