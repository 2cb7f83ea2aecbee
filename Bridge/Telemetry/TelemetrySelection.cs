using Snakepit.Protocol;
using Snakepit.Protocol.Bridge;

namespace Snakepit.Bridge.Telemetry;

/// <summary>What a subscriber wants to see. At first everything.</summary>
internal sealed record TelemetrySelection
{
    /// <summary>Patterns of one list at the most; what is beyond is passed over.</summary>
    private const int MaxPatterns = 100;

    private bool _enabled = true;
    private double _rate = 1;
    private Wildcard[] _sampled = [];
    private Wildcard[] _allowed = [];
    private Wildcard[] _denied = [];

    public static TelemetrySelection All { get; } = new();

    /// <summary>As it is after a control message. Each kind replaces what the last of its kind said.</summary>
    public TelemetrySelection With(TelemetryControl control) => control.ControlCase switch
    {
        TelemetryControl.ControlOneofCase.Toggle => this with { _enabled = control.Toggle.Enabled },
        TelemetryControl.ControlOneofCase.Sampling => this with
        {
            // What is no number at all samples nothing out.
            _rate = double.IsNaN(control.Sampling.SamplingRate) ? 1 : Math.Clamp(control.Sampling.SamplingRate, 0, 1),
            _sampled = PatternsOf(control.Sampling.EventPatterns),
        },
        TelemetryControl.ControlOneofCase.Filter => this with
        {
            _allowed = PatternsOf(control.Filter.Allow),
            _denied = PatternsOf(control.Filter.Deny),
        },
        _ => this,
    };

    /// <summary>Deny wins over allow; nothing allowed means everything is. Sampling is left to chance.</summary>
    public bool Takes(TelemetryEvent made)
    {
        if (!_enabled)
        {
            return false;
        }

        if (_rate >= 1 && _allowed is [] && _denied is [])
        {
            return true;
        }

        var name = string.Join('.', made.EventParts);
        var isSampled = _sampled is [] || Any(_sampled, name);
        return !Any(_denied, name)
            && (_allowed is [] || Any(_allowed, name))
            && (!isSampled || _rate >= 1 || Random.Shared.NextDouble() < _rate);
    }

    private static Wildcard[] PatternsOf(IEnumerable<string> patterns) =>
        [.. patterns.Take(MaxPatterns).Select(pattern => new Wildcard(pattern))];

    private static bool Any(Wildcard[] patterns, string name) => Array.Exists(patterns, pattern => pattern.Matches(name));
}
