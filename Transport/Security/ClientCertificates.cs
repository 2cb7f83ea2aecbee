namespace Snakepit.Transport;

/// <summary>Whether a server wants to know who its clients are by their certificates.</summary>
public enum ClientCertificates
{
    Unasked,

    /// <summary>A client may have none; one that it has must be valid.</summary>
    Optional,

    /// <summary>Without a valid one there is no connection.</summary>
    Required,
}
