namespace Snakepit.Transport;

/// <summary>A certificate, key or list of authorities cannot be used. The message is one line for people and names the file.</summary>
public sealed class TlsFileException(string message, Exception? cause = null) : Exception(message, cause);
