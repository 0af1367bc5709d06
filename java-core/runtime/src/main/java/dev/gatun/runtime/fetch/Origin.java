package dev.gatun.runtime.fetch;

import dev.gatun.runtime.spi.PackageFile;
import java.net.URI;

/** One place from which a file can be had. */
public sealed interface Origin {
  /**
   * A file inside a package, brought by a package client of the machine.
   *
   * @param archive the package's archive
   * @param entry the file's name inside the archive
   */
  record Packaged(PackageFile archive, String entry) implements Origin {
    @Override
    public String describe() {
      return archive.describe();
    }
  }

  /**
   * A file of a repository of the model hub (Hugging Face), by HTTP.
   *
   * @param repository {@code owner/name}
   * @param revision branch, tag or commit
   */
  record Hub(String repository, String revision, String file) implements Origin {
    @Override
    public String describe() {
      return "hf:" + repository + "/" + file;
    }
  }

  /** A file anywhere, by HTTP. */
  record Http(URI address) implements Origin {
    @Override
    public String describe() {
      return address.getScheme() + "://" + address.getAuthority() + address.getPath();
    }
  }

  /** For people; shows no query, which may hold a signature. */
  String describe();
}
