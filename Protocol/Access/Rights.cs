namespace Snakepit.Protocol.Access;

/// <summary>What a principal may do with a session, or with all of them.</summary>
[Flags]
public enum Rights
{
    None = 0,

    /// <summary>See the session, its variables and their history.</summary>
    Read = 1,

    /// <summary>Make and end the session, set, register and delete its variables.</summary>
    Write = 2,

    /// <summary>Follow its changes and its telemetry.</summary>
    Watch = 4,

    /// <summary>Run its tools.</summary>
    CallTools = 8,

    /// <summary>Be a host of its tools.</summary>
    ServeTools = 16,

    /// <summary>See who changed what, change access lists, announce workers. Stands above the access lists of variables.</summary>
    Administer = 32,

    /// <summary>All that a file can grant.</summary>
    All = Read | Write | Watch | CallTools | ServeTools | Administer,

    /// <summary>Hand over calls for hosts that are attached to the called gateway. Gateways have it, nobody is granted it.</summary>
    Relay = 64,
}

/// <summary>The rights by the names that files, tokens and messages have for them.</summary>
public static class RightNames
{
    private static readonly (string Name, Rights Right)[] Known =
    [
        ("read", Rights.Read),
        ("write", Rights.Write),
        ("watch", Rights.Watch),
        ("call_tools", Rights.CallTools),
        ("serve_tools", Rights.ServeTools),
        ("administer", Rights.Administer),
    ];

    /// <summary>All that can be granted, as in `read, write`.</summary>
    public static string All { get; } = string.Join(", ", Known.Select(static known => known.Name));

    /// <summary>The right of that name; <see cref="Rights.None"/> where there is none.</summary>
    public static Rights Find(string name) => Array.Find(Known, known => known.Name == name).Right;

    /// <summary>The names of these rights, as in `read, write`.</summary>
    public static string Names(this Rights rights) => rights == Rights.Relay
        ? "relay"
        : string.Join(", ", Known.Where(known => rights.HasFlag(known.Right)).Select(static known => known.Name));
}
