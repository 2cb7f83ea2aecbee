namespace Snakepit.Sidecar.Settings;

/// <summary>Who set a setting. The later in this order wins.</summary>
internal enum SettingSource
{
    Default,
    File,
    Environment,
    CommandLine,
}
