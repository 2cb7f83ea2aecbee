namespace Snakepit.Serving.Settings;

/// <summary>Who set a setting. The later in this order wins.</summary>
public enum SettingSource
{
    Default,
    File,
    Environment,
    CommandLine,
}
